// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"

namespace syncer::wire::gossip {

// Serf's queries, as far as `serf keys` needs them (serf messages.go, keymanager.go): a question that is spread among
// all members like news and answered to the asker by each of them.

/// One question. Names and octets are borrowed from the packet.
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

/// How a member did as it was asked. Keys only to List: octets, the one in use first.
struct KeyAnswer {
  std::string problem;  ///< empty: done
  std::vector<Bytes> keys;
};
/// Payload of an answer, at most kMaxAnswer octets: keys that do not fit are left out, and the answer says so.
Bytes encode_key_answer(const KeyAnswer& answer);
inline constexpr std::size_t kMaxAnswer = 1024;

/// A user message to the asker: that we heard the query, or with a payload what we answer.
Bytes encode_query_response(const Query& query, std::string_view from, bool ack, ByteView payload);

}  // namespace syncer::wire::gossip
