// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <system_error>

#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

/// Inside syncer/net only: between our addresses and the operating system's.
namespace syncer::net {

Endpoint from_sockaddr(const sockaddr& address);
/// Writes the address as a socket of the given family takes it (IPv4 becomes IPv4-mapped for an IPv6 socket) into room
/// for a sockaddr_in6; gives the octets used.
std::size_t to_sockaddr(const Endpoint& endpoint, bool v6_socket, sockaddr* out);

template <class AsioEndpoint>
AsioEndpoint to_asio(const Endpoint& endpoint, bool v6_socket) {
  AsioEndpoint out;
  out.resize(to_sockaddr(endpoint, v6_socket, out.data()));
  return out;
}

template <class AsioEndpoint>
Endpoint from_asio(const AsioEndpoint& endpoint) {
  return from_sockaddr(*endpoint.data());
}

/// Why a local address cannot be used, and what to do about it.
Error bind_error(const Endpoint& endpoint, const char* protocol, const std::error_code& failed);

}  // namespace syncer::net
