// SPDX-License-Identifier: Apache-2.0
#include "tests/support/namespaces.h"

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <stdexcept>

namespace test {
namespace {

/// Output and exit status of a line of sh.
std::pair<std::string, int> shell(const std::string& line) {
  std::FILE* pipe = ::popen(("{ " + line + "\n} 2>&1").c_str(), "r");
  if (pipe == nullptr) return {"popen: " + std::string(std::strerror(errno)), -1};
  std::string output;
  std::array<char, 4096> chunk;
  for (std::size_t size = 0; (size = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    output.append(chunk.data(), size);
  return {output, ::pclose(pipe)};
}

std::string must(const std::string& line) {
  const auto [output, status] = shell(line);
  if (status != 0) throw std::runtime_error(line + "\n" + output);
  return output;
}

std::string inside(const Host& host, const std::string& command) {
  return "ip netns exec " + host.name() + " " + command;
}

/// Of the network between the test and its hosts.
int next_number() {
  static int last = 1;
  return ++last;
}

}  // namespace

std::optional<std::string> enter_private_network() {
  if (::geteuid() != 0) return "networks of their own take root";
  for (const char* tool : {"ip -V", "nft --version"}) {
    if (shell(tool).second != 0)
      return "`" + std::string(tool) + "` cannot be run: `./dev setup --full` installs iproute2 and nftables";
  }
  if (::unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) return "unshare: " + std::string(std::strerror(errno));
  // The names of namespaces are files; they are to go with this process.
  const bool own = ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   shell("mkdir -p /run/netns && mount -t tmpfs none /run/netns").second == 0;
  if (!own) return "mount: " + std::string(std::strerror(errno));
  const auto [output, status] = shell(
      "ip link set lo up && ip link add tests type bridge && ip address add 10.255.0.1/24 dev tests && ip link set "
      "tests up");
  if (status != 0) return "this kernel makes no networks: " + output;
  return std::nullopt;
}

Host::Host(const std::string& name) : name_(name) {
  const int number = next_number();
  address_ = "10.255.0." + std::to_string(number);
  const std::string outer = "t" + std::to_string(number);
  must("ip netns add " + name_ + " && ip link add " + outer + " type veth peer name tests netns " + name_ +
       " && ip link set " + outer + " master tests up && ip -n " + name_ + " link set lo up && ip -n " + name_ +
       " address add " + address_ + "/24 dev tests && ip -n " + name_ + " link set tests up");
}

Host::~Host() { shell("ip netns delete " + name_); }

std::string Host::run(const std::string& line) const { return must(inside(*this, "sh -c '" + line + "'")); }

void connect(const End& a, const End& b, int mtu) {
  must("ip link add " + b.host.name() + " mtu " + std::to_string(mtu) + " netns " + a.host.name() +
       " type veth peer name " + a.host.name() + " mtu " + std::to_string(mtu) + " netns " + b.host.name());
  for (const auto& [end, other] : {std::pair{a, b}, std::pair{b, a}}) {
    const std::string device = other.host.name();
    // Without duplicate address detection an IPv6 address can be used at once.
    const std::string options = end.address.find(':') != std::string::npos ? " nodad" : "";
    must("ip -n " + end.host.name() + " address add " + end.address + " dev " + device + options);
    must("ip -n " + end.host.name() + " link set " + device + " up");
  }
}

void masquerade(const Host& router, const Host& outside, int forgets_after_seconds) {
  const std::string silence = std::to_string(forgets_after_seconds);
  router.run(
      "sysctl -q net.ipv4.ip_forward=1 net.netfilter.nf_conntrack_tcp_loose=0"
      " net.netfilter.nf_conntrack_tcp_timeout_established=" +
      silence + " net.netfilter.nf_conntrack_udp_timeout=" + silence +
      " net.netfilter.nf_conntrack_udp_timeout_stream=" + silence);
  router.run(
      "nft add table ip home; nft \"add chain ip home out { type nat hook postrouting priority 100; }\";"
      " nft add rule ip home out oifname " +
      outside.name() +
      " masquerade;"
      " nft \"add chain ip home through { type filter hook forward priority 0; }\";"
      " nft add rule ip home through ct state invalid drop");
}

}  // namespace test
