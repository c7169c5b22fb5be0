// SPDX-License-Identifier: Apache-2.0
#include "syncer/net/addresses.h"

#include <algorithm>
#include <asio/error.hpp>
#include <cerrno>

namespace syncer::net {

asio::ip::address to_asio(const Endpoint& endpoint, bool v6_socket) {
  if (endpoint.is_v4() && !v6_socket) {
    asio::ip::address_v4::bytes_type octets;
    std::copy(endpoint.address.begin() + 12, endpoint.address.end(), octets.begin());
    return asio::ip::address_v4(octets);
  }
  asio::ip::address_v6::bytes_type octets;
  std::copy(endpoint.address.begin(), endpoint.address.end(), octets.begin());
  return asio::ip::address_v6(octets);
}

Endpoint from_asio(const asio::ip::address& address, std::uint16_t port) {
  const auto endpoint = [&](const auto& octets) {
    return Endpoint::from_octets(Bytes(octets.begin(), octets.end()), port);
  };
  return address.is_v4() ? endpoint(address.to_v4().to_bytes()) : endpoint(address.to_v6().to_bytes());
}

namespace {

const char* advice(const asio::error_code& failed) {
  if (failed == asio::error::address_in_use) {
    return "another process has this port, perhaps a syncer that is already running; stop it or choose another port";
  }
  if (failed.value() == EADDRNOTAVAIL) {
    return "this machine has no such address; give one of its own addresses, or 0.0.0.0 for all of them";
  }
  if (failed == asio::error::access_denied) return "not permitted; ports below 1024 need CAP_NET_BIND_SERVICE";
  if (failed == asio::error::address_family_not_supported) return "this machine has this kind of address switched off";
  return "the operating system refused it";
}

}  // namespace

Error bind_error(const Endpoint& endpoint, const char* protocol, const asio::error_code& failed) {
  const std::string what = std::string("cannot use ") + to_string(endpoint) + " (" + protocol + "): ";
  return {ErrorCode::Io, "", what + failed.message() + "; " + advice(failed)};
}

}  // namespace syncer::net
