// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "syncer/base/random.h"
#include "syncer/cluster/voter_replacement.h"
#include "syncer/cluster/voter_set.h"
#include "syncer/raft/store.h"

namespace syncer::cluster {

/// How a disk comes into the region's group: by founding it with all the others, or by taking a slot of a group that
/// exists. Once the group exists for this disk, its work is done.
class Formation {
 public:
  /// The voter set and the voter's store are durable: this syncer votes from here.
  using Formed = std::function<void(Instant, raft::Recovery)>;
  /// The process must end, for this reason.
  using Fail = std::function<void(std::string)>;

  /// `random` draws the numbers of disks. The referenced objects outlive this one.
  Formation(const ClusterConfig& config, Roster& roster, const VoterReplacement& replacement, Random random,
            Formed formed, Fail fail)
      : config_(config),
        roster_(roster),
        replacement_(replacement),
        random_(random),
        formed_(std::move(formed)),
        fail_(std::move(fail)) {}

  /// Gives a disk that was never used its number.
  void start(Instant now);
  /// Takes the next step that members and hellos allow. Only while the group does not exist for us.
  void consider(Instant now);
  /// Frees this disk from a list that another syncer never agreed to, or from a group in whose log it has nothing
  /// (`barren`). Refused when it is bound to none, or votes in another group.
  Result<void> forget_proposal(Instant now, bool barren);

  /// Why there is no group yet, for the operator; may be empty.
  const std::string& waiting() const { return waiting_; }
  /// Why this disk has no vote in a group that exists; empty when nothing is in its way.
  const std::string& excluded() const { return excluded_; }

 private:
  void take_number(Instant now, std::uint64_t disk);
  bool follow_existing_group(Instant now);
  void join_as(Instant now, const wire::VoterSlot& own, const wire::ClusterHello& list);
  void take_given_slot(Instant now, const wire::ClusterHello& list);
  std::optional<std::vector<wire::VoterSlot>> list_of_members();
  bool all_are_free(const std::vector<wire::VoterSlot>& slots);
  void propose_list(Instant now);
  void count_proposals(Instant now);
  std::string not_agreed(const wire::VoterSlot& slot, const wire::ClusterHello* hello) const;
  void found_group(Instant now, VoterSet voters);
  void begin_to_vote(Instant now, VoterSet voters, raft::Recovery recovery);
  VoterSet bound_to(const wire::ClusterHello& list) const;
  Bytes identity(const VoterSet& voters) const { return store_identity(config_.region, voters.group, config_.node); }

  const ClusterConfig& config_;
  Roster& roster_;
  const VoterReplacement& replacement_;
  Random random_;
  Formed formed_;
  Fail fail_;
  std::string waiting_;
  std::string excluded_;
};

}  // namespace syncer::cluster
