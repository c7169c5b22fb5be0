// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/serf.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "syncer/crypto/keyring.h"
#include "syncer/membership/message.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

constexpr char kTagMagic = static_cast<char>(0xff);

// First byte of what serf puts into a user message.
constexpr char kLeave = 0;
constexpr char kJoin = 1;
constexpr char kPushPull = 2;
constexpr char kQuery = 4;
constexpr char kQueryResponse = 5;
constexpr char kKeyRequest = 7;
constexpr char kKeyResponse = 8;
constexpr char kRelay = 9;

constexpr std::uint64_t kMaxClock = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kAck = 1;
constexpr std::uint64_t kNoBroadcast = 2;
constexpr std::uint64_t kMaxU32 = std::numeric_limits<std::uint32_t>::max();
/// Bytes that the response around an answer needs besides it.
constexpr std::size_t kAnswerRoom = 160;

}  // namespace

Result<Bytes> encode_tags(const Tags& tags) {
  Bytes meta(1, kTagMagic);
  MsgpackWriter w(meta);
  w.map(tags.size());
  for (const auto& [key, value] : tags) {
    w.raw(key);
    w.raw(value);
  }
  if (meta.size() <= membership::kMaxMeta) return meta;
  return failure(
      ErrorCode::TooLarge, "tags",
      "need " + std::to_string(meta.size()) + " bytes, at most " + std::to_string(membership::kMaxMeta) + " fit");
}

std::optional<Tags> decode_tags(ByteView meta) {
  if (meta.empty() || meta[0] != kTagMagic) return std::nullopt;
  MsgpackReader r(meta.substr(1));
  const auto fields = r.fields();
  if (!r.ok() || !fields.named) return std::nullopt;
  Tags tags;
  for (std::uint64_t i = 0; i < fields.count && r.ok(); ++i) {
    const ByteView key = r.raw();
    const ByteView value = r.raw();
    if (r.ok()) tags[std::string(key)] = std::string(value);
  }
  if (!r.ok()) return std::nullopt;
  return tags;
}

Bytes encode_leave_intent(std::uint64_t clock, std::string_view node) {
  Bytes out(1, kLeave);
  MsgpackWriter w(out);
  w.map(3);
  w.raw("LTime");
  w.number(clock);
  w.raw("Node");
  w.raw(node);
  w.raw("Prune");
  w.boolean(false);
  return out;
}

Bytes encode_join_intent(std::uint64_t clock, std::string_view node) {
  Bytes out(1, kJoin);
  MsgpackWriter w(out);
  w.map(2);
  w.raw("LTime");
  w.number(clock);
  w.raw("Node");
  w.raw(node);
  return out;
}

std::optional<LeaveIntent> read_leave_intent(ByteView payload) {
  static constexpr std::string_view kNames[] = {"LTime", "Node"};
  if (payload.empty() || payload[0] != kLeave) return std::nullopt;
  MsgpackReader r(payload.substr(1));
  LeaveIntent intent;
  r.object(kNames, [&](std::size_t field) {
    if (field == 0) intent.clock = r.number(kMaxClock);
    if (field == 1) intent.node = r.raw();
  });
  if (!r.ok()) return std::nullopt;
  return intent;
}

Bytes encode_user_state(std::uint64_t clock) {
  Bytes out(1, kPushPull);
  MsgpackWriter w(out);
  w.map(6);
  w.raw("EventLTime");
  w.number(0);
  w.raw("Events");
  w.nil();
  w.raw("LTime");
  w.number(clock);
  w.raw("LeftMembers");
  w.nil();
  w.raw("QueryLTime");
  w.number(0);
  w.raw("StatusLTimes");
  w.nil();
  return out;
}

bool is_serf_message(ByteView payload) {
  if (payload.empty() || payload[0] < kLeave || payload[0] > kRelay) return false;
  MsgpackReader r(payload.substr(1));
  r.fields();
  return r.ok();
}

std::optional<std::uint64_t> read_clock(ByteView payload) {
  static constexpr std::string_view kNames[] = {"LTime"};
  if (payload.empty() || payload[0] < kLeave || payload[0] > kPushPull) return std::nullopt;
  MsgpackReader r(payload.substr(1));
  std::uint64_t clock = 0;
  r.object(kNames, [&](std::size_t) { clock = r.number(kMaxClock); });
  if (!r.ok()) return std::nullopt;
  return clock;
}

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
