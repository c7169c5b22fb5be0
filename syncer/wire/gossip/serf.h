// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer::wire::gossip {

// What a serf agent expects on top of memberlist, so that one can join the pool and watch it (serf messages.go).

using Tags = std::map<std::string, std::string>;

/// Metadata of a member: octet 255, then a map. TooLarge over 512 octets.
Result<Bytes> encode_tags(const Tags& tags);
/// The tags, or nothing when the metadata is not written this way.
std::optional<Tags> decode_tags(ByteView meta);

/// "I go on purpose": without it a serf agent reports a leaving member as failed. Payload of a user message.
Bytes encode_leave_intent(std::uint64_t clock, std::string_view node);
/// "I am here": takes back a leave intent of an earlier Lamport time. Payload of a user message.
Bytes encode_join_intent(std::uint64_t clock, std::string_view node);
/// What a leave intent says; the view points into the payload.
struct LeaveIntent {
  std::uint64_t clock = 0;
  std::string_view node;
};
/// Nothing when the payload is no leave intent.
std::optional<LeaveIntent> read_leave_intent(ByteView payload);
/// The least that a serf agent accepts as the user state of an exchange: our clock, no events.
Bytes encode_user_state(std::uint64_t clock);
/// Whether it looks like a message of serf: octets of another making are no business of ours.
bool is_serf_message(ByteView payload);
/// The Lamport clock that a leave, a join or a user state carries; nothing for anything else.
std::optional<std::uint64_t> read_clock(ByteView payload);

}  // namespace syncer::wire::gossip
