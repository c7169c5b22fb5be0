// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/replication/guard_mark.h"
#include "syncer/wire/raft/cluster_message.h"

namespace syncer::cluster {

using replication::GuardMark;
using replication::GuardSide;

/// Command of the log: the generation is now at least this.
struct RaiseGeneration {
  std::uint64_t generation = 1;
  bool operator==(const RaiseGeneration&) const = default;
};

/// Command of the log: the slot of this name belongs to this disk.
struct ReassignSlot {
  wire::VoterSlot slot;
  bool operator==(const ReassignSlot&) const = default;
};

/// Command of the log: a removal guard of the leader began to hold, changed or let go. Lengths of time instead of
/// instants: every process has a clock of its own.
struct NoteGuard {
  GuardSide side = GuardSide::Sender;
  std::string region;
  bool holding = false;
  Duration left{};  ///< until the last of what it holds goes
  std::uint64_t baseline = 0;
  bool operator==(const NoteGuard&) const = default;
};

/// Command of the log: an operator lets the held removals of a region go ("*" for all).
struct ReleaseGuard {
  std::string region;
  bool operator==(const ReleaseGuard&) const = default;
};

/// Command of the log: the gossip key of this id seals from now on. The keys themselves are never in the log.
struct UseKey {
  std::string id;
  bool operator==(const UseKey&) const = default;
};

/// Command of the log: no voter keeps the gossip key of this id, or takes it from another again.
struct RemoveKey {
  std::string id;
  bool operator==(const RemoveKey&) const = default;
};

/// Command of the log: an operator wants a region forgotten that is away.
struct ForgetRegion {
  std::string region;
  bool operator==(const ForgetRegion&) const = default;
};

using Command = std::variant<RaiseGeneration, ReassignSlot, NoteGuard, ReleaseGuard, UseKey, RemoveKey, ForgetRegion>;

Bytes encode_command(const Command& command);
/// ErrorCode::Unsupported for a kind that only a later version knows, Corrupt for everything else that is none.
Result<Command> decode_command(ByteView bytes);

/// What the commands of the log amount to, for the snapshot. Small and bounded: bulk data stays out of the log.
struct ReplicatedState {
  std::uint64_t generation = 1;
  std::vector<wire::VoterSlot> slots;
  raft::Index list_version = 0;  ///< the entry that changed a slot last; 0 for the list as founded
  std::vector<GuardMark>
      guards;  ///< one a side and region, at most kMaxGuards; those that neither hold nor were released left out
  std::string key_in_use;                 ///< id of the gossip key that seals; empty until one is chosen
  std::vector<std::string> removed_keys;  ///< ids, the latest last; at most wire::kMaxKeyIds
  bool operator==(const ReplicatedState&) const = default;
};
inline constexpr std::size_t kMaxGuards = 512;

/// What a command asks of the owner of the state.
struct Effects {
  bool slots_changed = false;
  bool keys_changed = false;
  std::optional<std::string> released = {};   ///< region whose held removals go now; "*" for all
  std::optional<std::string> forgotten = {};  ///< region that every voter forgets
};

/// A number that a region's epochs can have. Another one, in a log or a snapshot, says nothing.
bool is_generation(std::uint64_t generation);

/// Applies the command at log index `at`. A ReassignSlot that the list contains already, or of an unknown name, changes
/// nothing. No key seals that was removed meanwhile, and none is removed that seals: the two may have been asked for at
/// once.
Effects apply(Instant now, raft::Index at, const Command& command, ReplicatedState& state);

Bytes encode_state(Instant now, const ReplicatedState& state);
/// ErrorCode::Unsupported for a later version's, Corrupt for everything else that is none.
Result<ReplicatedState> decode_state(Instant now, ByteView bytes);
/// Replaces `state` by the one of a snapshot, except that a later list of slots stays. True when the list changed.
Result<bool> restore_state(Instant now, ByteView bytes, ReplicatedState& state);

}  // namespace syncer::cluster
