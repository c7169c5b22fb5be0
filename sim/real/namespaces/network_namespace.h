// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

namespace sim::real {

/// One host: a network namespace whose only way out is a TUN device. What the host sends comes out of read(), and what
/// is written arrives at it. It is gone with this object and the processes in it.
class NetworkNamespace {
 public:
  /// Needs the right to make namespaces and /dev/net/tun; the error says what lacks.
  static syncer::Result<std::unique_ptr<NetworkNamespace>> make();
  ~NetworkNamespace();
  NetworkNamespace(const NetworkNamespace&) = delete;
  NetworkNamespace& operator=(const NetworkNamespace&) = delete;

  /// The host has that address from now on in place of the one that it was given so before; or beside the others.
  syncer::Result<void> set_address(const syncer::Endpoint& address) { return take_address(address, ""); }
  syncer::Result<void> add_address(const syncer::Endpoint& address) {
    return take_address(address, ":" + std::to_string(++further_));
  }
  /// Runs on this thread as if on that host: sockets that it opens stay there.
  syncer::Result<void> inside(const std::function<syncer::Result<void>()>& act) const;

  /// For setns(2) in a child, and for poll(2) on what the host sends.
  int descriptor() const { return namespace_; }
  int tun() const { return tun_; }
  /// The next packet that the host sent; false when there is none now.
  bool read(syncer::Bytes& packet) const;
  /// A packet arrives at the host. What it has no room for is lost.
  void write(syncer::ByteView packet) const;

 private:
  syncer::Result<void> take_address(const syncer::Endpoint& address, const std::string& label);
  NetworkNamespace(int space, int tun) : namespace_(space), tun_(tun) {}
  int namespace_;
  int tun_;
  unsigned further_ = 0;
};

/// Whether this process may make hosts; where it is not root it becomes root of a user namespace of its own first. To
/// be called before any thread is started.
syncer::Result<void> prepare_namespaces();

}  // namespace sim::real
