// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <asio/error_code.hpp>
#include <asio/ip/address.hpp>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

/// Inside syncer/net only: between our addresses and Asio's.
namespace syncer::net {

/// The address as a socket of the given family takes it; IPv4 becomes IPv4-mapped for an IPv6 socket.
asio::ip::address to_asio(const Endpoint& endpoint, bool v6_socket);

template <class Protocol>
typename Protocol::endpoint to_asio_endpoint(const Endpoint& endpoint, bool v6_socket) {
  return {to_asio(endpoint, v6_socket), endpoint.port};
}

Endpoint from_asio(const asio::ip::address& address, std::uint16_t port);

template <class AsioEndpoint>
Endpoint from_asio(const AsioEndpoint& endpoint) {
  return from_asio(endpoint.address(), endpoint.port());
}

/// Why a local address cannot be used, and what to do about it.
Error bind_error(const Endpoint& endpoint, const char* protocol, const asio::error_code& failed);

}  // namespace syncer::net
