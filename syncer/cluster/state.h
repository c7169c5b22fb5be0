// SPDX-License-Identifier: Apache-2.0
#pragma once

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

/// Command of the log: the seat of this name belongs to this disk.
struct GiveSeat {
  wire::Seat seat;
  bool operator==(const GiveSeat&) const = default;
};

/// Command of the log: a removal guard of the leader froze, changed or let go. Ages instead of instants: every process
/// has a clock of its own.
struct NoteGuard {
  GuardSide side = GuardSide::Sender;
  std::string region;
  bool frozen = false;
  Duration frozen_for{};
  std::uint64_t baseline = 0;
  std::uint64_t held = 0;
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

/// Command of the log: nobody keeps the gossip key of this id, or takes it from another again.
struct RemoveKey {
  std::string id;
  bool operator==(const RemoveKey&) const = default;
};

using ClusterCommand = std::variant<RaiseGeneration, GiveSeat, NoteGuard, ReleaseGuard, UseKey, RemoveKey>;

Bytes encode_command(const ClusterCommand& command);
/// ErrorCode::Unsupported for a kind that only a later version knows, Corrupt for everything else that is none.
Result<ClusterCommand> decode_command(ByteView octets);

/// What the commands of the log amount to, for the snapshot. Small and bounded: bulk data stays out of the log.
struct ClusterState {
  std::uint64_t generation = 1;
  std::vector<wire::Seat> seats;
  raft::Index listed = 0;         ///< the entry that changed a seat last; 0 for the list as founded
  std::vector<GuardMark> guards;  ///< one a side and region, at most kMaxGuards; those that say nothing left out
  std::string key_in_use;         ///< id of the gossip key that seals; empty while nobody chose one
  std::vector<std::string> removed_keys;  ///< ids, the latest last; at most wire::kMaxKeyIds
  bool operator==(const ClusterState&) const = default;
};
inline constexpr std::size_t kMaxGuards = 512;

void apply(Instant now, const NoteGuard& command, ClusterState& state);
void apply(Instant now, const ReleaseGuard& command, ClusterState& state);
/// No key seals that was removed meanwhile, and none is removed that seals: the two may have been asked for at once.
void apply(const UseKey& command, ClusterState& state);
void apply(const RemoveKey& command, ClusterState& state);

Bytes encode_state(Instant now, const ClusterState& state);
/// ErrorCode::Unsupported for a later version's, Corrupt for everything else that is none.
Result<ClusterState> decode_state(Instant now, ByteView octets);

}  // namespace syncer::cluster
