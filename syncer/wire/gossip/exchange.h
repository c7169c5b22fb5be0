// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <variant>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/drop.h"

namespace syncer::wire::gossip {

/// One side of a state exchange. The views point into the decoded octets.
struct Exchange {
  std::vector<membership::Entry> entries;
  bool join = false;
  ByteView user_state;
};

/// "I do not talk to you", with the reason.
struct StreamError {
  ByteView text;
};

/// A message that may come over a stream.
using StreamMessage = std::variant<Exchange, membership::Ping, membership::Ack, StreamError, membership::User>;

/// Limits that a header may declare (those of the reference).
inline constexpr std::int64_t kMaxEntries = 1 << 20;
inline constexpr std::int64_t kMaxUserOctets = 20 << 20;

/// Appends type octet and body.
void encode_exchange(std::span<const membership::Entry> entries, bool join, ByteView user_state, Bytes& out);
void encode_error(ByteView text, Bytes& out);

/// Reads a whole message of a stream. Truncated when octets are missing.
Drop decode_stream(ByteView octets, StreamMessage& out);

/// Follows a state exchange while it arrives, so that each octet is looked at once however slowly they come.
class ExchangeProgress {
 public:
  /// Looks at all octets so far (type octet included). Truncated: more must come. None: it is complete.
  Drop feed(ByteView octets);

 private:
  std::size_t at_ = 1;
  std::int64_t entries_left_ = -1;  ///< -1 until the header was read
  std::int64_t user_octets_ = 0;
};

}  // namespace syncer::wire::gossip
