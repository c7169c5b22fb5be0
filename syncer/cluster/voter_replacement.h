// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "syncer/cluster/raft_driver.h"
#include "syncer/cluster/replicated_state.h"
#include "syncer/cluster/voter_set.h"

namespace syncer::cluster {

/// How a slot whose disk was lost is given to another disk of the same name.
///
///   1  The leader commits ReassignSlot. Its log, and that of a majority, holds whatever the lost voter helped to
///      commit.
///   2  Each voter that applies it writes the new list down and announces it, with its term, on every link; from then
///      on it ignores the lost disk.
///   3  The new disk takes the slot when every other voter has announced that: its voter begins in the highest of their
///      terms with its vote there spent, and withholds votes for one election timeout.
///
/// So no vote of the lost disk and of the new one meet in one term: in terms up to that one the new disk never votes,
/// and in later ones no voter listens to the lost one. A voter whose disk is lost as well has no vote to fear.
class VoterReplacement {
 public:
  /// The referenced objects outlive this one.
  VoterReplacement(const ClusterConfig& config, Roster& roster, RaftDriver& raft, const ReplicatedState& state)
      : config_(config), roster_(roster), raft_(raft), state_(state) {}

  /// Step 1, on the leader: the slot of this voter goes to the disk that runs under its name now. Refused (or NotFound)
  /// with the reason.
  Result<void> replace(Instant now, std::string_view node);
  /// Step 2, on each voter: the replicated list differs from the one on disk.
  void store_list(Instant now);
  /// Step 3, on the new disk: the term in which its voter begins, or why it has to wait still.
  Result<raft::Term> first_term(const wire::ClusterHello& list) const;
  /// Looks whether this disk was given up for lost and its slot given away. The others do not listen to it then, so it
  /// can do no harm; it does not end, because it has that from others only.
  void check_own_slot();
  /// What an operator is to do when that is so; empty otherwise.
  const std::string& replaced() const { return replaced_; }

 private:
  Result<void> one_at_a_time() const;
  Result<void> all_hold_this_list(const wire::VoterSlot& but) const;
  Result<std::uint64_t> new_disk_for(const wire::VoterSlot& slot) const;
  void ignore_lost_disks(Instant now, const std::vector<wire::VoterSlot>& before);

  const ClusterConfig& config_;
  Roster& roster_;
  RaftDriver& raft_;
  const ReplicatedState& state_;
  std::string replaced_;
  raft::Index proposed_at_ = 0;  ///< log index of the replacement that was proposed here last
};

}  // namespace syncer::cluster
