// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"
#include "syncer/base/result.h"

namespace syncer::wire::gossip {

// What a serf agent expects on top of memberlist, so that one can join the pool and watch it (serf messages.go).

using Tags = std::map<std::string, std::string>;

/// Metadata of a member: byte 255, then a map. TooLarge over 512 bytes.
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
/// Whether it looks like a message of serf: bytes of another making are no business of ours.
bool is_serf_message(ByteView payload);
/// The Lamport clock that a leave, a join or a user state carries; nothing for anything else.
std::optional<std::uint64_t> read_clock(ByteView payload);

// Serf's queries, as far as `serf keys` needs them (serf messages.go, keymanager.go): a question that is spread among
// all members like news and answered to the asker by each of them.

/// One question. Names and bytes are borrowed from the packet.
struct Query {
  std::uint64_t clock = 0;  ///< Lamport time of queries; with `id` it names the query
  std::uint32_t id = 0;
  Endpoint asker;
  bool wants_ack = false;
  bool stays_here = false;  ///< not to be passed on
  bool filtered = false;    ///< meant for some members only
  std::string_view name;
  ByteView payload;
};

/// Payload of a user message.
Bytes encode_query(const Query& query);
/// The query, or nothing when the payload is something else or does not parse.
std::optional<Query> decode_query(ByteView payload);

/// What `serf keys` asks for.
enum class KeyVerb : std::uint8_t { Install, Use, Remove, List };
/// By the query's name; nothing for any other query.
std::optional<KeyVerb> key_verb(std::string_view query_name);
/// The key that a query is about; nothing when its payload does not parse. Borrowed.
std::optional<ByteView> decode_key_request(ByteView payload);

/// How a member did as it was asked. Keys only to List: bytes, the one in use first.
struct KeyAnswer {
  std::string problem;  ///< empty: done
  std::vector<Bytes> keys;
};
/// Payload of an answer, at most kMaxAnswer bytes: keys that do not fit are left out, and the answer says so.
Bytes encode_key_answer(const KeyAnswer& answer);
inline constexpr std::size_t kMaxAnswer = 1024;

/// A user message to the asker: that we heard the query, or with a payload what we answer.
Bytes encode_query_response(const Query& query, std::string_view from, bool ack, ByteView payload);

}  // namespace syncer::wire::gossip
