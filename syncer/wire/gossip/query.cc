// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/query.h"

#include <algorithm>
#include <limits>
#include <map>

#include "syncer/crypto/keyring.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

// First octet of what serf puts into a user message.
constexpr char kQuery = 4;
constexpr char kQueryResponse = 5;
constexpr char kKeyRequest = 7;
constexpr char kKeyResponse = 8;

constexpr std::uint64_t kAck = 1;
constexpr std::uint64_t kNoBroadcast = 2;
constexpr std::uint64_t kMaxClock = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMaxU32 = std::numeric_limits<std::uint32_t>::max();
/// Octets that the response around an answer needs besides it.
constexpr std::size_t kAnswerRoom = 160;

}  // namespace

Bytes encode_query(const Query& query) {
  Bytes out(1, kQuery);
  MsgpackWriter w(out);
  w.map(8);
  w.raw("Addr");
  w.raw(query.asker.octets());
  w.raw("Filters");
  w.nil();
  w.raw("Flags");
  w.number((query.wants_ack ? kAck : 0) | (query.stays_here ? kNoBroadcast : 0));
  w.raw("ID");
  w.number(query.id);
  w.raw("LTime");
  w.number(query.clock);
  w.raw("Name");
  w.raw(query.name);
  w.raw("Payload");
  w.raw(query.payload);
  w.raw("Port");
  w.number(query.asker.port);
  return out;
}

std::optional<Query> decode_query(ByteView payload) {
  static constexpr std::string_view kNames[] = {"Addr", "Filters", "Flags", "ID", "LTime", "Name", "Payload", "Port"};
  if (payload.empty() || payload[0] != kQuery) return std::nullopt;
  MsgpackReader r(payload.substr(1));
  Query q;
  ByteView address;
  std::uint64_t port = 0;
  std::uint64_t flags = 0;
  const auto filters = [&] {
    const std::uint64_t count = r.array();
    q.filtered = count > 0;
    for (std::uint64_t i = 0; i < count && r.ok(); ++i) r.skip();
  };
  r.object(kNames, [&](std::size_t field) {
    switch (field) {
      case 0:
        address = r.raw();
        break;
      case 1:
        filters();
        break;
      case 2:
        flags = r.number(kMaxU32);
        break;
      case 3:
        q.id = static_cast<std::uint32_t>(r.number(kMaxU32));
        break;
      case 4:
        q.clock = r.number(kMaxClock);
        break;
      case 5:
        q.name = r.raw();
        break;
      case 6:
        q.payload = r.raw();
        break;
      default:
        port = r.number(65535);
    }
  });
  if (!r.ok() || !read_address(address, port, q.asker)) return std::nullopt;
  q.wants_ack = (flags & kAck) != 0;
  q.stays_here = (flags & kNoBroadcast) != 0;
  return q;
}

std::optional<KeyVerb> key_verb(std::string_view query_name) {
  static const std::map<std::string_view, KeyVerb> kVerbs = {{"_serf_install-key", KeyVerb::Install},
                                                             {"_serf_use-key", KeyVerb::Use},
                                                             {"_serf_remove-key", KeyVerb::Remove},
                                                             {"_serf_list-keys", KeyVerb::List}};
  const auto found = kVerbs.find(query_name);
  if (found == kVerbs.end()) return std::nullopt;
  return found->second;
}

std::optional<ByteView> decode_key_request(ByteView payload) {
  static constexpr std::string_view kNames[] = {"Key"};
  if (payload.empty() || payload[0] != kKeyRequest) return std::nullopt;
  MsgpackReader r(payload.substr(1));
  ByteView key;
  r.object(kNames, [&](std::size_t) { key = r.raw(); });
  if (!r.ok()) return std::nullopt;
  return key;
}

Bytes encode_key_answer(const KeyAnswer& answer) {
  std::vector<std::string> texts;
  std::size_t room = kMaxAnswer - kAnswerRoom - std::min(answer.problem.size(), kMaxAnswer / 2);
  for (const Bytes& key : answer.keys) {
    std::string text = crypto::key_text(key);
    if (text.size() + 3 > room) break;
    room -= text.size() + 3;
    texts.push_back(std::move(text));
  }
  const bool cut = texts.size() < answer.keys.size();
  Bytes out(1, kKeyResponse);
  MsgpackWriter w(out);
  w.map(4);
  w.raw("Keys");
  w.array(texts.size());
  for (const std::string& text : texts) w.raw(text);
  w.raw("Message");
  w.raw(cut ? "not all keys fit into the answer" : std::string_view(answer.problem).substr(0, kMaxAnswer / 2));
  w.raw("PrimaryKey");
  w.raw(texts.empty() ? std::string_view() : std::string_view(texts.front()));
  w.raw("Result");
  w.boolean(answer.problem.empty());
  return out;
}

Bytes encode_query_response(const Query& query, std::string_view from, bool ack, ByteView payload) {
  Bytes out(1, kQueryResponse);
  MsgpackWriter w(out);
  w.map(5);
  w.raw("Flags");
  w.number(ack ? kAck : 0);
  w.raw("From");
  w.raw(from);
  w.raw("ID");
  w.number(query.id);
  w.raw("LTime");
  w.number(query.clock);
  w.raw("Payload");
  w.raw(payload);
  return out;
}

}  // namespace syncer::wire::gossip
