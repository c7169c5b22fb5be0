// SPDX-License-Identifier: Apache-2.0
// What a Cluster tells about itself: status, reasons for not being at rest, state hash.
#include <algorithm>

#include "syncer/cluster/cluster.h"

namespace syncer::cluster {

GroupStatus Cluster::status(Instant now) const {
  GroupStatus status;
  status.leads = reign().has_value();
  status.leader = leader();
  status.term = term();
  status.commit = raft_ ? raft_->raft().log().commit() : 0;
  status.generation = state_.generation;
  for (const wire::Seat& seat : charter_.seats) status.voters.push_back(status_of(now, seat));
  return status;
}

VoterStatus Cluster::status_of(Instant now, const wire::Seat& seat) const {
  VoterStatus status{seat.node, disk_name(seat.disk), to_string(seat.address), state_of(seat)};
  if (const auto heard = links_.last_heard(seat.node)) status.last_heard = now - *heard;
  if (!is_leader()) return status;
  const auto progress = raft_->raft().progress().find(voter_of(seat.node, seat.disk));
  const raft::Index commit = raft_->raft().log().commit();
  status.match = progress->second.match;
  status.lag = commit - std::min(commit, progress->second.match);
  return status;
}

std::string Cluster::state_of(const wire::Seat& seat) const {
  if (raft_ && leader() == seat.node) return "leader";
  if (seat.node == config_.node) return raft_ ? "follower" : excluded_.empty() ? "joining" : "disk lost";
  const wire::ClusterHello* hello = links_.hello(seat.node);
  if (hello == nullptr) return "not there";
  if (hello->disk != seat.disk) return "disk lost";
  return hello->stage == wire::SeatStage::Seated ? "follower" : "joining";
}

std::vector<std::string> Cluster::pending() const {
  std::vector<std::string> reasons;
  if (!excluded_.empty())
    reasons.push_back(excluded_);
  else if (!raft_)
    reasons.push_back(waiting_.empty() ? "the list of voters is not agreed yet" : waiting_);
  else if (leader().empty()) {
    reasons.emplace_back("no leader of the region is known: a majority of its voters must be there");
  }
  if (!not_kept_.empty()) reasons.push_back(not_kept_);
  return reasons;
}

void Cluster::hash(StateHasher& hasher) const {
  hasher.add(charter_.disk);
  hasher.add(static_cast<std::uint64_t>(charter_.stage));
  hasher.add(state_.generation);
  hasher.add(state_.listed);
  for (const GuardMark& mark : state_.guards) hasher.add(mark.held * 2 + (mark.frozen ? 1U : 0U));
  if (raft_) raft_->hash(hasher);
}

}  // namespace syncer::cluster
