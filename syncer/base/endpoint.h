// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer {

/// Address and port of a socket. IPv4 is held as IPv4-mapped IPv6, so that equal addresses compare equal.
struct Endpoint {
  std::array<std::uint8_t, 16> address{};
  std::uint16_t port = 0;

  static Endpoint v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d, std::uint16_t port);
  /// From 4 or 16 bytes in network order; anything else is the unspecified address.
  static Endpoint from_octets(ByteView bytes, std::uint16_t port);

  bool is_v4() const;
  bool is_loopback() const;
  /// 0.0.0.0 or ::, "any address".
  bool is_unspecified() const;
  /// 4 bytes for IPv4, else 16.
  Bytes octets() const;
  /// "10.0.0.1" or "fe80::1" without the port.
  std::string host() const;

  auto operator<=>(const Endpoint&) const = default;
};

/// "10.0.0.1:30190" or "[::1]:30190"; numeric only, a host name is refused.
Result<Endpoint> parse_endpoint(std::string_view text);
std::string to_string(const Endpoint& endpoint);

}  // namespace syncer
