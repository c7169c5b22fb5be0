// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/replicated_state.h"

#include <algorithm>

#include "syncer/wire/frame/fields.h"

namespace syncer::cluster {
namespace {

constexpr std::uint8_t kStateVersion = 1;
/// Side, name, flag, six numbers.
constexpr std::size_t kMinGuard = 8;

/// What begins a guard in the group's log and in its snapshot: whose removals it judges, and whether it is frozen.
template <class Guard>
void write_guard_head(ByteWriter& w, const Guard& guard) {
  w.u8(static_cast<std::uint8_t>(guard.side));
  w.string(guard.region);
  w.u8(guard.frozen ? 1 : 0);
}

/// Reads that; the rest of the guard is left to the caller. The reader fails when it is damaged.
template <class Guard>
Guard read_guard_head(ByteReader& r) {
  Guard guard;
  bool receiver = false;
  wire::read(r, receiver);
  guard.side = receiver ? GuardSide::Receiver : GuardSide::Sender;
  wire::read(r, guard.region, wire::kMaxName);
  wire::read(r, guard.frozen);
  return guard;
}

/// An age instead of an instant: every process has a clock of its own.
void write_age(ByteWriter& w, Duration age) { w.varint(static_cast<std::uint64_t>(age.count())); }

/// The reader fails when no process can be so old.
Duration read_age(ByteReader& r) {
  constexpr std::uint64_t kLongest = std::uint64_t{1} << 62U;
  const std::uint64_t age = r.varint();
  if (age <= kLongest) return Duration(static_cast<std::int64_t>(age));
  r.fail();
  return {};
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

/// Kinds of commands; never reused for another meaning.
enum class Kind : std::uint8_t {
  RaiseGeneration = 1,
  ReassignSlot = 2,
  NoteGuard = 3,
  ReleaseGuard = 4,
  UseKey = 5,
  RemoveKey = 6
};

void begin(ByteWriter& w, Kind kind) { w.u8(static_cast<std::uint8_t>(kind)); }

void write(ByteWriter& w, const RaiseGeneration& command) {
  begin(w, Kind::RaiseGeneration);
  w.varint(command.generation);
}

void write(ByteWriter& w, const ReassignSlot& command) {
  begin(w, Kind::ReassignSlot);
  wire::write_slots(w, {command.slot});
}

void write(ByteWriter& w, const NoteGuard& command) {
  begin(w, Kind::NoteGuard);
  write_guard_head(w, command);
  write_age(w, command.frozen_for);
  w.varint(command.baseline);
  w.varint(command.held);
}

void write(ByteWriter& w, const ReleaseGuard& command) {
  begin(w, Kind::ReleaseGuard);
  w.string(command.region);
}

void write(ByteWriter& w, const UseKey& command) {
  begin(w, Kind::UseKey);
  w.string(command.id);
}

void write(ByteWriter& w, const RemoveKey& command) {
  begin(w, Kind::RemoveKey);
  w.string(command.id);
}

std::string read_key_id(ByteReader& r) {
  std::string id;
  wire::read(r, id, wire::kMaxKeyId);
  return id;
}

ReassignSlot read_reassign(ByteReader& r) {
  std::vector<wire::VoterSlot> slots = wire::read_slots(r);
  if (slots.size() == 1) return {std::move(slots.front())};
  r.fail();
  return {};
}

NoteGuard read_note_guard(ByteReader& r) {
  auto command = read_guard_head<NoteGuard>(r);
  command.frozen_for = read_age(r);
  command.baseline = r.varint();
  command.held = r.varint();
  return command;
}

ReleaseGuard read_release_guard(ByteReader& r) {
  ReleaseGuard command;
  wire::read(r, command.region, wire::kMaxName);
  return command;
}

GuardMark* find(ReplicatedState& state, GuardSide side, std::string_view region) {
  const auto is_it = [&](const GuardMark& mark) { return mark.side == side && mark.region == region; };
  const auto found = std::find_if(state.guards.begin(), state.guards.end(), is_it);
  return found == state.guards.end() ? nullptr : &*found;
}

struct Applier {
  Instant now;
  raft::Index at;
  ReplicatedState& state;

  Effects operator()(const RaiseGeneration& command) const {
    state.generation = std::max(state.generation, command.generation);
    return {};
  }

  Effects operator()(const ReassignSlot& command) const {
    const auto has_name = [&](const wire::VoterSlot& slot) { return slot.node == command.slot.node; };
    const auto slot = std::find_if(state.slots.begin(), state.slots.end(), has_name);
    if (at <= state.list_version || slot == state.slots.end()) return {};
    *slot = command.slot;
    state.list_version = at;
    return {.slots_changed = true};
  }

  Effects operator()(const NoteGuard& command) const {
    GuardMark* mark = find(state, command.side, command.region);
    if (mark == nullptr && (!command.frozen || state.guards.size() >= kMaxGuards)) return {};
    if (mark == nullptr) mark = &state.guards.emplace_back();
    if (command.frozen) {
      *mark = {command.side, command.region, true, now - command.frozen_for, command.baseline, command.held};
    } else {
      mark->frozen = false;
    }
    std::erase_if(state.guards, [](const GuardMark& one) { return !one.frozen && one.released == 0; });
    return {};
  }

  Effects operator()(const ReleaseGuard& command) const {
    for (GuardMark& mark : state.guards) {
      if (!mark.frozen || (command.region != "*" && command.region != mark.region)) continue;
      mark.frozen = false;
      mark.released = mark.held;
      mark.released_at = now;
    }
    return {.released = command.region};
  }

  Effects operator()(const UseKey& command) const {
    const auto& removed = state.removed_keys;
    const bool gone = std::find(removed.begin(), removed.end(), command.id) != removed.end();
    if (!gone) state.key_in_use = command.id;
    return {.keys_changed = true};
  }

  Effects operator()(const RemoveKey& command) const {
    if (command.id != state.key_in_use) {
      std::erase(state.removed_keys, command.id);
      state.removed_keys.push_back(command.id);
      if (state.removed_keys.size() > wire::kMaxKeyIds) state.removed_keys.erase(state.removed_keys.begin());
    }
    return {.keys_changed = true};
  }
};

}  // namespace

Bytes encode_command(const Command& command) {
  Bytes out;
  ByteWriter w(out);
  std::visit([&](const auto& one) { write(w, one); }, command);
  return out;
}

Result<Command> decode_command(ByteView bytes) {
  ByteReader r(bytes);
  Command command;
  switch (static_cast<Kind>(r.u8())) {
    case Kind::RaiseGeneration:
      command = RaiseGeneration{r.varint()};
      break;
    case Kind::ReassignSlot:
      command = read_reassign(r);
      break;
    case Kind::NoteGuard:
      command = read_note_guard(r);
      break;
    case Kind::ReleaseGuard:
      command = read_release_guard(r);
      break;
    case Kind::UseKey:
      command = UseKey{read_key_id(r)};
      break;
    case Kind::RemoveKey:
      command = RemoveKey{read_key_id(r)};
      break;
    default:
      return failure(ErrorCode::Unsupported, "raft log", "it holds a command that this version does not know");
  }
  if (!r.finished()) return failure(ErrorCode::Corrupt, "raft log", "it holds a command that is damaged");
  return command;
}

Effects apply(Instant now, raft::Index at, const Command& command, ReplicatedState& state) {
  return std::visit(Applier{now, at, state}, command);
}

Bytes encode_state(Instant now, const ReplicatedState& state) {
  Bytes out;
  ByteWriter w(out);
  w.u8(kStateVersion);
  w.varint(state.generation);
  w.varint(state.list_version);
  wire::write_slots(w, state.slots);
  w.varint(state.guards.size());
  for (const GuardMark& mark : state.guards) write_guard(w, now, mark);
  w.string(state.key_in_use);
  wire::write_key_ids(w, state.removed_keys);
  return out;
}

Result<ReplicatedState> decode_state(Instant now, ByteView bytes) {
  ByteReader r(bytes);
  if (r.u8() != kStateVersion) {
    return failure(ErrorCode::Unsupported, "raft snapshot", "it is of a version that this one does not know");
  }
  ReplicatedState state;
  state.generation = r.varint();
  state.list_version = r.varint();
  state.slots = wire::read_slots(r);
  const std::size_t guards = r.count(kMinGuard);
  if (guards > kMaxGuards) r.fail();
  for (std::size_t i = 0; i < guards && r.ok(); ++i) state.guards.push_back(read_guard(r, now));
  wire::read(r, state.key_in_use, wire::kMaxKeyId);
  state.removed_keys = wire::read_key_ids(r);
  if (!r.finished()) return failure(ErrorCode::Corrupt, "raft snapshot", "its content is damaged");
  return state;
}

Result<bool> restore_state(Instant now, ByteView bytes, ReplicatedState& state) {
  auto restored = decode_state(now, bytes);
  if (!restored) return tl::unexpected(restored.error());
  const bool slots_changed = restored->list_version > state.list_version;
  if (!slots_changed) {
    restored->slots = state.slots;
    restored->list_version = state.list_version;
  }
  state = std::move(*restored);
  return slots_changed;
}

}  // namespace syncer::cluster
