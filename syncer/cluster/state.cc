// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/state.h"

#include <algorithm>

#include "syncer/cluster/guard_codec.h"
#include "syncer/wire/sync/parts.h"

namespace syncer::cluster {
namespace {

constexpr std::uint8_t kStateVersion = 1;
/// Side, name, flag, six numbers.
constexpr std::size_t kMinGuard = 8;

GuardMark* find(ClusterState& state, GuardSide side, std::string_view region) {
  const auto is_it = [&](const GuardMark& mark) { return mark.side == side && mark.region == region; };
  const auto found = std::find_if(state.guards.begin(), state.guards.end(), is_it);
  return found == state.guards.end() ? nullptr : &*found;
}

void write_guard(ByteWriter& w, Instant now, const GuardMark& mark) {
  const auto age = [now](Instant then) { return std::max(now - then, Duration::zero()); };
  write_guard_head(w, mark);
  write_age(w, age(mark.since));
  for (const std::uint64_t number : {mark.baseline, mark.held, mark.released}) w.varint(number);
  write_age(w, age(mark.released_at));
}

/// Its instants may lie before the beginning of this process's clock: only differences count.
GuardMark read_guard(ByteReader& r, Instant now) {
  auto mark = read_guard_head<GuardMark>(r);
  mark.since = now - read_age(r);
  for (std::uint64_t* number : {&mark.baseline, &mark.held, &mark.released}) *number = r.varint();
  mark.released_at = now - read_age(r);
  return mark;
}

}  // namespace

void apply(Instant now, const NoteGuard& command, ClusterState& state) {
  GuardMark* mark = find(state, command.side, command.region);
  if (mark == nullptr && (!command.frozen || state.guards.size() >= kMaxGuards)) return;
  if (mark == nullptr) mark = &state.guards.emplace_back();
  if (command.frozen) {
    *mark = {command.side, command.region, true, now - command.frozen_for, command.baseline, command.held};
  } else {
    mark->frozen = false;
  }
  std::erase_if(state.guards, [](const GuardMark& one) { return !one.frozen && one.released == 0; });
}

void apply(Instant now, const ReleaseGuard& command, ClusterState& state) {
  for (GuardMark& mark : state.guards) {
    if (!mark.frozen || (command.region != "*" && command.region != mark.region)) continue;
    mark.frozen = false;
    mark.released = mark.held;
    mark.released_at = now;
  }
}

void apply(const UseKey& command, ClusterState& state) {
  const auto& removed = state.removed_keys;
  if (std::find(removed.begin(), removed.end(), command.id) == removed.end()) state.key_in_use = command.id;
}

void apply(const RemoveKey& command, ClusterState& state) {
  if (command.id == state.key_in_use) return;
  std::erase(state.removed_keys, command.id);
  state.removed_keys.push_back(command.id);
  if (state.removed_keys.size() > wire::kMaxKeyIds) state.removed_keys.erase(state.removed_keys.begin());
}

Bytes encode_state(Instant now, const ClusterState& state) {
  Bytes out;
  ByteWriter w(out);
  w.u8(kStateVersion);
  w.varint(state.generation);
  w.varint(state.listed);
  wire::write_seats(w, state.seats);
  w.varint(state.guards.size());
  for (const GuardMark& mark : state.guards) write_guard(w, now, mark);
  w.string(state.key_in_use);
  wire::write_key_ids(w, state.removed_keys);
  return out;
}

Result<ClusterState> decode_state(Instant now, ByteView octets) {
  ByteReader r(octets);
  if (r.u8() != kStateVersion) {
    return failure(ErrorCode::Unsupported, "raft snapshot", "it is of a version that this one does not know");
  }
  ClusterState state;
  state.generation = r.varint();
  state.listed = r.varint();
  state.seats = wire::read_seats(r);
  const std::size_t guards = r.count(kMinGuard);
  if (guards > kMaxGuards) r.fail();
  for (std::size_t i = 0; i < guards && r.ok(); ++i) state.guards.push_back(read_guard(r, now));
  wire::read(r, state.key_in_use, wire::kMaxKeyId);
  state.removed_keys = wire::read_key_ids(r);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "raft snapshot", "its content is damaged");
  return state;
}

}  // namespace syncer::cluster
