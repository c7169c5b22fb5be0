// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/cluster/replicated_state.h"
#include "syncer/cluster/voter_set.h"
#include "syncer/ports/observer.h"
#include "syncer/raft/raft_node.h"

namespace syncer::cluster {

/// Drives this syncer's voter: its outputs become writes, messages to the other voters, and commands for the owner.
/// Does nothing until begin().
class RaftDriver {
 public:
  /// What the owner does with the log. Called from within any function here that takes a time, in the order of the log.
  struct StateMachine {
    std::function<void(Instant, const raft::Entry&)> apply;       ///< never an entry without data
    std::function<void(Instant, const raft::Snapshot&)> restore;  ///< the state becomes this one
    std::function<Bytes(Instant)> encode;                         ///< the state for a snapshot
    /// Why what a voter wants to be logged is none of ours to log; empty when nothing is wrong with it.
    std::function<std::string(Instant, const raft::Message&)> objection;
  };

  /// The referenced objects outlive this one.
  RaftDriver(const ClusterConfig& config, const Roster& roster, ClusterLinks& links, ClusterStore& store,
             Observer& observer, Random random, StateMachine machine)
      : config_(config),
        roster_(roster),
        links_(links),
        store_(store),
        observer_(observer),
        random_(random),
        machine_(std::move(machine)) {}

  /// The voter of our slot begins with what its store holds. ErrorCode::Invalid when the settings allow no voter. Call
  /// advance() next.
  Result<void> begin(Instant now, const raft::Recovery& recovery);
  /// There is no voter any more, until another begin().
  void end();
  void advance(Instant now);
  Instant next_deadline() const { return raft_ ? raft_->next_deadline() : kNever; }

  void receive(Instant now, const ClusterLinks::Received& received);
  /// The link to this voter broke, or never came up.
  void on_link_lost(Instant now, const std::string& node);

  /// Appends a command to the group's log; a follower forwards it. Refused before begin() and without a leader.
  Result<void> propose(Instant now, const Command& command);
  /// Other disks have the slots of these voters now.
  void forget_peers(Instant now, const std::vector<raft::VoterId>& peers);
  /// Hands leadership to another voter.
  void resign(Instant now);

  /// nullptr before begin().
  const raft::RaftNode* node() const { return raft_ ? &*raft_ : nullptr; }
  /// Only after begin().
  const raft::Log& log() const { return raft_->raft().log(); }
  bool is_leader() const { return raft_ && raft_->is_leader(); }
  /// Leader whose term is open: everything committed before it is applied.
  bool leads_open_term() const { return is_leader() && opened_ == raft_->term(); }
  raft::Term term() const { return raft_ ? raft_->term() : 0; }
  /// Name of the leader, ours too; empty while none is known.
  std::string leader() const;

 private:
  void carry_out(Instant now, std::vector<raft::Output> outputs);
  void on_output(Instant now, raft::Output& output);
  void persist(Instant now, const raft::Persist& persist);
  void send(Instant now, const raft::Message& message);
  void on_role(Instant now, const raft::RoleChanged& changed);
  void on_dropped(Instant now, const raft::Dropped& dropped);
  void report_drop(Instant now, std::string_view reason);
  void shorten_log(Instant now);

  const ClusterConfig& config_;
  const Roster& roster_;
  ClusterLinks& links_;
  ClusterStore& store_;
  Observer& observer_;
  Random random_;
  StateMachine machine_;
  std::optional<raft::Journal> journal_;
  std::optional<raft::RaftNode> raft_;
  std::optional<raft::Term> opened_;
  bool was_leader_ = false;
};

}  // namespace syncer::cluster
