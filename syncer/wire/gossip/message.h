// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/base/bytes.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

/// First byte of a message or layer (memberlist net.go).
enum class Type : std::uint8_t {
  Ping = 0,
  IndirectPing = 1,
  Ack = 2,
  Suspect = 3,
  Alive = 4,
  Dead = 5,
  PushPull = 6,
  Compound = 7,
  User = 8,
  Compress = 9,
  Encrypt = 10,
  Nack = 11,
  Crc = 12,
  Err = 13,
  Label = 244,
};

/// Longest name of a member, in bytes.
inline constexpr std::size_t kMaxName = 256;

/// Appends type byte and body.
void encode(const membership::Message& message, Bytes& out);
/// Reads one message of a packet; its views point into `bytes`. On a Drop, `out` is not touched.
Drop decode(ByteView bytes, membership::Message& out);

/// Not empty, not too long, printable UTF-8.
bool is_member_name(ByteView name);
/// 4 or 16 bytes to an address; false otherwise.
bool read_address(ByteView bytes, std::uint64_t port, Endpoint& out);

}  // namespace syncer::wire::gossip
