// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "sim/real/router/ip_packet.h"

namespace sim::real::test {

inline constexpr std::uint32_t kEast = 0x0a010101;
inline constexpr std::uint32_t kWest = 0x0a010102;

inline void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> 8U * (size - 1 - i) & 0xffU);
}

/// An IPv4 header of 20 bytes before what follows; its sum is not looked at.
inline std::string ip(const Ends& ends, std::uint8_t protocol, const std::string& rest) {
  std::string bytes(20, '\0');
  bytes[0] = '\x45';
  put(bytes, 2, 20 + rest.size(), 2);
  bytes[9] = static_cast<char>(protocol);
  put(bytes, 12, ends.from, 4);
  put(bytes, 16, ends.to, 4);
  return bytes + rest;
}

inline std::string udp(const Ends& ends, const std::string& payload) {
  std::string bytes(8, '\0');
  put(bytes, 0, ends.from_port, 2);
  put(bytes, 2, ends.to_port, 2);
  put(bytes, 4, 8 + payload.size(), 2);
  put(bytes, 6, 0x1234, 2);
  return ip(ends, 17, bytes + payload);
}

inline constexpr std::uint8_t kFin = 1;
inline constexpr std::uint8_t kSyn = 2;
inline constexpr std::uint8_t kAck = 16;

inline std::string tcp(const Ends& ends, std::uint8_t flags, std::uint32_t sequence, std::uint32_t acknowledged,
                       const std::string& payload = "") {
  std::string bytes(20, '\0');
  put(bytes, 0, ends.from_port, 2);
  put(bytes, 2, ends.to_port, 2);
  put(bytes, 4, sequence, 4);
  put(bytes, 8, acknowledged, 4);
  bytes[12] = '\x50';
  bytes[13] = static_cast<char>(flags);
  return ip(ends, 6, bytes + payload);
}

}  // namespace sim::real::test
