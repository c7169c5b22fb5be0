// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace test {

/// Moves this process into a network of its own, which goes with it, as do all hosts in it. Once, before there is
/// another thread. Nothing, or why that cannot be done here: it takes root, iproute2 and nftables.
std::optional<std::string> enter_private_network();

/// A machine of its own network, with nothing in common with others but the kernel: a network namespace. The test
/// itself reaches it at `address()`, by a network that leads nowhere else. Throws std::runtime_error when a command
/// fails.
class Host {
 public:
  explicit Host(const std::string& name);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  const std::string& name() const { return name_; }
  /// Where the test reaches it.
  const std::string& address() const { return address_; }
  /// Words to be put before those of a command that is to run here.
  std::vector<std::string> prefix() const { return {"/usr/bin/env", "ip", "netns", "exec", name_}; }
  /// Runs a line of sh here; gives its output.
  std::string run(const std::string& line) const;

 private:
  std::string name_;
  std::string address_;
};

/// An end of a cable: the interface's name is that of the host at the other end.
struct End {
  const Host& host;
  std::string address;  ///< with the length of its prefix
};

/// A cable between two hosts; longer packets than `mtu` do not pass.
void connect(const End& a, const End& b, int mtu = 1500);

/// Forwards packets, and shows those that leave towards `outside` under its own address there, as a router at home
/// does. A flow that is silent for `forgets` is forgotten, and its later packets are dropped.
void masquerade(const Host& router, const Host& outside, int forgets_after_seconds);

}  // namespace test
