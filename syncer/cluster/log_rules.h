// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "syncer/cluster/replicated_state.h"

namespace syncer::cluster {

/// What a voter knows when another one wants something logged. Borrows the state.
struct LogKnowledge {
  const ReplicatedState& state;
  /// The log is empty, so that the generation of the group is not known.
  bool blank = false;
  /// The disk of this slot is there: it runs here, or announces itself.
  std::function<bool(const wire::VoterSlot&)> is_there;
  /// A majority announces a list of our group that is of this entry of the log or a later one.
  std::function<bool(raft::Index)> is_held;
};

/// What one message gains at most. A generation is one loss of all disks of a region.
inline constexpr std::uint64_t kMaxGenerationStep = 65536;

/// Why a message of another voter brings what no voter may log; empty when nothing is wrong with it.
///
///   - An entry or a state that cannot be read would end whoever applies it.
///   - A follower forwards only what an operator may ask of any voter, and nobody hands over another's leadership.
///   - A generation out of bounds, or far beyond the known one, would outdo every later one.
///   - The list of a snapshot names the voters of this one: a group gives slots to other disks, never to other names.
///   - The slot of a disk that is there is given away only by a list that a majority announces: a leader asks for it
///     while the disk is lost, so whoever still hears that disk waits until it is gone, or the others have agreed.
std::string objection_to(Instant now, const raft::Message& message, const LogKnowledge& known);

}  // namespace syncer::cluster
