// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "syncer/base/bytes.h"
#include "syncer/base/random.h"

namespace sim::real {

enum class Transport : std::uint8_t { Tcp, Udp, Other };

/// Both ends of a packet, in host byte order.
struct Ends {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  std::uint16_t from_port = 0;  ///< 0 where the packet names none: another protocol, or a later fragment
  std::uint16_t to_port = 0;
  Ends turned() const { return {to, from, to_port, from_port}; }
  auto operator<=>(const Ends&) const = default;
};

/// What the router reads of an IPv4 packet.
struct IpPacket {
  Ends ends;
  Transport transport = Transport::Other;
  std::size_t payload = 0;       ///< where what the transport carries begins
  std::size_t payload_size = 0;  ///< how much of it there is
  // Of TCP:
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;

  /// The sequence number that follows the packet.
  std::uint32_t next_sequence() const;
};

/// Nothing for what is no whole IPv4 packet: it goes nowhere.
std::optional<IpPacket> parse_packet(syncer::ByteView bytes);

/// Flips bits of what the packet carries. Of UDP the sum is left out then, so that the program gets it as it is; TCP
/// and all else is for the kernel to notice.
void corrupt(syncer::Bytes& bytes, const IpPacket& packet, syncer::Random random);

/// A TCP packet without data that resets the connection at `ends.to`.
syncer::Bytes reset_packet(const Ends& ends, std::uint32_t sequence, std::uint32_t acknowledged);

}  // namespace sim::real
