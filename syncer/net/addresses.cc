// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/addresses.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace syncer::net {
namespace {

/// 169.254.0.0/16 and fe80::/10: valid on one cable only.
bool is_link_local(const Endpoint& e) {
  if (e.is_v4()) return e.address[12] == 169 && e.address[13] == 254;
  return e.address[0] == 0xfe && (e.address[1] & 0xc0U) == 0x80;
}

}  // namespace

std::optional<Endpoint> primary_address(bool v4) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return std::nullopt;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, &freeifaddrs);
  const int family = v4 ? AF_INET : AF_INET6;
  for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next) {
    if (i->ifa_addr == nullptr || i->ifa_addr->sa_family != family || (i->ifa_flags & IFF_UP) == 0) continue;
    Endpoint found = from_sockaddr(*i->ifa_addr);
    found.port = 0;
    if (!found.is_loopback() && !is_link_local(found)) return found;
  }
  return std::nullopt;
}

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  const std::string full(name.data());
  return full.substr(0, full.find('.'));
}

Endpoint from_sockaddr(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    Bytes bytes(sizeof v4.sin_addr, '\0');
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return Endpoint::from_octets(bytes, ntohs(v4.sin_port));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  Bytes bytes(sizeof v6.sin6_addr, '\0');
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return Endpoint::from_octets(bytes, ntohs(v6.sin6_port));
}

std::size_t to_sockaddr(const Endpoint& endpoint, bool v6_socket, sockaddr* out) {
  if (endpoint.is_v4() && !v6_socket) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, endpoint.address.data() + 12, sizeof v4.sin_addr);
    std::memcpy(out, &v4, sizeof v4);
    return sizeof v4;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  std::memcpy(&v6.sin6_addr, endpoint.address.data(), sizeof v6.sin6_addr);
  std::memcpy(out, &v6, sizeof v6);
  return sizeof v6;
}

namespace {

const char* advice(int number) {
  switch (number) {
    case EADDRINUSE:
      return "another process has this port, perhaps a syncer that is already running; stop it or choose another port";
    case EADDRNOTAVAIL:
      return "this machine has no such address; give one of its own addresses, or 0.0.0.0 for all of them";
    case EACCES:
      return "not permitted; ports below 1024 need CAP_NET_BIND_SERVICE";
    case EAFNOSUPPORT:
      return "this machine has this kind of address switched off";
    default:
      return "the operating system refused it";
  }
}

}  // namespace

Error bind_error(const Endpoint& endpoint, const char* protocol, const std::error_code& failed) {
  const std::string what = std::string("cannot use ") + to_string(endpoint) + " (" + protocol + "): ";
  return {ErrorCode::Io, "", what + failed.message() + "; " + advice(failed.value())};
}

}  // namespace syncer::net
