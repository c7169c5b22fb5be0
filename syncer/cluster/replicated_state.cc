// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/replicated_state.h"

#include <algorithm>

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/mutation.h"
#include "syncer/wire/frame/fields.h"

namespace syncer::cluster {
namespace {

constexpr std::uint8_t kStateVersion = 2;
/// Side, name, two flags, three numbers.
constexpr std::size_t kMinGuard = 7;

/// What begins a guard in the group's log and in its snapshot: whose removals it judges, and whether it holds.
template <class Guard>
void write_guard_head(ByteWriter& w, const Guard& guard) {
  w.u8(static_cast<std::uint8_t>(guard.side));
  w.string(guard.region);
  w.u8(guard.holding ? 1 : 0);
}

/// Reads that; the rest of the guard is left to the caller. The reader fails when it is damaged.
template <class Guard>
Guard read_guard_head(ByteReader& r) {
  Guard guard;
  bool receiver = false;
  wire::read(r, receiver);
  guard.side = receiver ? GuardSide::Receiver : GuardSide::Sender;
  wire::read(r, guard.region, wire::kMaxName);
  wire::read(r, guard.holding);
  return guard;
}

/// Longest time that is read; no process runs so long.
constexpr std::uint64_t kLongest = std::uint64_t{1} << 62U;

/// A length of time instead of an instant: every process has a clock of its own. An age grows from one snapshot to the
/// next, and stays one that can be read.
void write_length(ByteWriter& w, Duration length) {
  const auto ticks = static_cast<std::uint64_t>(std::max(length, Duration::zero()).count());
  w.varint(SYNCER_MUTATED("cluster.write_any_length") ? ticks : std::min(ticks, kLongest));
}

/// The reader fails when no process can run so long.
Duration read_length(ByteReader& r) {
  const std::uint64_t length = r.varint();
  if (length <= kLongest) return Duration(static_cast<std::int64_t>(length));
  r.fail();
  return {};
}

void write_guard(ByteWriter& w, Instant now, const GuardMark& mark) {
  write_guard_head(w, mark);
  write_length(w, mark.until - now);
  w.varint(mark.baseline);
  w.u8(mark.released ? 1 : 0);
  write_length(w, now - mark.released_at);
}

/// Its instants may lie before the beginning of this process's clock: only differences count.
GuardMark read_guard(ByteReader& r, Instant now) {
  auto mark = read_guard_head<GuardMark>(r);
  mark.until = now + read_length(r);
  mark.baseline = r.varint();
  wire::read(r, mark.released);
  mark.released_at = now - read_length(r);
  return mark;
}

/// As a snapshot of version 1 has it: side, name, flag, age, three numbers, age.
void skip_former_guard(ByteReader& r) {
  read_guard_head<GuardMark>(r);
  read_length(r);
  for (int i = 0; i < 3; ++i) r.varint();
  read_length(r);
}

/// Kinds of commands; never reused for another meaning.
enum class Kind : std::uint8_t {
  RaiseGeneration = 1,
  ReassignSlot = 2,
  FormerNoteGuard = 3,  ///< of a guard that counted; says nothing today
  ReleaseGuard = 4,
  UseKey = 5,
  RemoveKey = 6,
  NoteGuard = 7,
  ForgetRegion = 8
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
  write_length(w, command.left);
  w.varint(command.baseline);
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

void write(ByteWriter& w, const ForgetRegion& command) {
  begin(w, Kind::ForgetRegion);
  w.string(command.region);
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
  command.left = read_length(r);
  command.baseline = r.varint();
  return command;
}

/// Side, name, flag, age, two numbers. The guards of today judge anew what that one held.
NoteGuard read_former_note_guard(ByteReader& r) {
  auto command = read_guard_head<NoteGuard>(r);
  read_length(r);
  for (int i = 0; i < 2; ++i) r.varint();
  command.holding = false;
  return command;
}

/// A command that is a region's name and nothing else.
template <class OfRegion>
OfRegion read_of_region(ByteReader& r) {
  OfRegion command;
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
    if (is_generation(command.generation)) state.generation = std::max(state.generation, command.generation);
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
    if (state.guards.size() >= kMaxGuards) forget_old_releases();
    GuardMark* mark = find(state, command.side, command.region);
    if (mark == nullptr && (!command.holding || state.guards.size() >= kMaxGuards)) return {};
    if (mark == nullptr) mark = &state.guards.emplace_back();
    if (command.holding) {
      *mark = {command.side, command.region, true, now + command.left, command.baseline, false, {}};
    } else {
      mark->holding = false;
    }
    std::erase_if(state.guards, [](const GuardMark& one) { return !one.holding && !one.released; });
    return {};
  }

  Effects operator()(const ReleaseGuard& command) const {
    for (GuardMark& mark : state.guards) {
      if (!mark.holding || (command.region != "*" && command.region != mark.region)) continue;
      mark.holding = false;
      mark.released = true;
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

  Effects operator()(const ForgetRegion& command) const { return {.forgotten = command.region}; }

  /// Those that let nothing go any more.
  void forget_old_releases() const {
    if (SYNCER_MUTATED("cluster.keep_every_release")) return;
    std::erase_if(state.guards, [&](const GuardMark& mark) {
      return !mark.holding && saturating_add(mark.released_at, replication::kReleaseLasts) <= now;
    });
  }
};

}  // namespace

bool is_generation(std::uint64_t generation) { return in_bounds({generation, 0}); }

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
    case Kind::FormerNoteGuard:
      command = read_former_note_guard(r);
      break;
    case Kind::ReleaseGuard:
      command = read_of_region<ReleaseGuard>(r);
      break;
    case Kind::UseKey:
      command = UseKey{read_key_id(r)};
      break;
    case Kind::RemoveKey:
      command = RemoveKey{read_key_id(r)};
      break;
    case Kind::ForgetRegion:
      command = read_of_region<ForgetRegion>(r);
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
  const std::uint8_t version = r.u8();
  if (version < 1 || version > kStateVersion) {
    return failure(ErrorCode::Unsupported, "raft snapshot", "it is of a version that this one does not know");
  }
  ReplicatedState state;
  state.generation = r.varint();
  state.list_version = r.varint();
  state.slots = wire::read_slots(r);
  const std::size_t guards = r.count(kMinGuard);
  if (guards > kMaxGuards) r.fail();
  for (std::size_t i = 0; i < guards && r.ok(); ++i) {
    if (version == 1) {
      skip_former_guard(r);
    } else {
      state.guards.push_back(read_guard(r, now));
    }
  }
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
  if (!is_generation(restored->generation)) restored->generation = state.generation;
  state = std::move(*restored);
  return slots_changed;
}

}  // namespace syncer::cluster
