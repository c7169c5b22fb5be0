// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/gossip/serf.h"

#include <limits>

#include "syncer/membership/state.h"
#include "syncer/wire/gossip/msgpack.h"

namespace syncer::wire::gossip {

namespace {

constexpr char kTagMagic = static_cast<char>(0xff);
constexpr char kLeave = 0;
constexpr char kJoin = 1;
constexpr char kPushPull = 2;
constexpr char kRelay = 9;
constexpr std::uint64_t kMaxClock = std::numeric_limits<std::int64_t>::max();

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
      "need " + std::to_string(meta.size()) + " octets, at most " + std::to_string(membership::kMaxMeta) + " fit");
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

}  // namespace syncer::wire::gossip
