// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/addresses.h"

#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace syncer::net {

Endpoint from_sockaddr(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address, sizeof v4);
    Bytes octets(sizeof v4.sin_addr, '\0');
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    return Endpoint::from_octets(octets, ntohs(v4.sin_port));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address, sizeof v6);
  Bytes octets(sizeof v6.sin6_addr, '\0');
  std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
  return Endpoint::from_octets(octets, ntohs(v6.sin6_port));
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
