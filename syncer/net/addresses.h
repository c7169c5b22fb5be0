// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <system_error>

#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

namespace syncer::net {

/// The address (port 0) that other machines most likely reach this one by: the first interface that is up, not
/// loopback and not link-local. Nothing when there is none.
std::optional<Endpoint> primary_address(bool v4);

/// This machine's host name without the domain; "localhost" when it has none.
std::string host_name();

// Between our addresses and those of the operating system; used inside syncer/net only.

Endpoint from_sockaddr(const sockaddr& address);
/// Writes the address as a socket of the given family takes it (IPv4 becomes IPv4-mapped for an IPv6 socket) into room
/// for a sockaddr_in6; gives the bytes used.
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
