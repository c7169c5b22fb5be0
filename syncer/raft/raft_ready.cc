// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/raft/raft.h"

// Handing effects out, and hearing that they are done.
namespace syncer::raft {

void Raft::keep_snapshot(Snapshot snapshot) {
  SYNCER_ASSERT(snapshot.at.index >= snapshot_.at.index && snapshot.at.index <= log_.applied());
  snapshot_ = std::move(snapshot);
}

void Raft::compact(Index index) {
  SYNCER_ASSERT(index <= snapshot_.at.index);
  log_.compact(index);
}

bool Raft::has_ready() const {
  const bool to_store = log_.has_unhanded() || (received_ && storing_snapshot_ == 0);
  const bool to_apply = !received_ && log_.has_unapplied();
  const bool to_send = !messages_.empty() || !promises_.empty();
  return to_store || to_apply || to_send || !(soft_state() == reported_soft_) || !(hard_state() == reported_hard_);
}

Ready Raft::take_ready() {
  Ready ready;
  if (!(soft_state() == reported_soft_)) ready.soft_state = reported_soft_ = soft_state();
  const bool vote_changed = term_ != reported_hard_.term || vote_ != reported_hard_.vote;
  if (!(hard_state() == reported_hard_)) ready.hard_state = reported_hard_ = hard_state();
  ready.entries = log_.hand_out();
  ready.must_sync = vote_changed || !ready.entries.empty();
  if (received_) {
    ready.snapshot = received_;
    storing_snapshot_ = received_->at.index;
  } else if (log_.has_unapplied()) {
    ready.committed = log_.unapplied();
    applying_ = log_.commit();
  }
  ready.messages = take_messages();
  for (Message& promise : promises_) {
    (promise.to == self_ ? own_promises_ : ready.promises).push_back(std::move(promise));
  }
  promises_.clear();
  return ready;
}

void Raft::on_stored(Instant now) {
  now_ = now;
  for (const Message& promise : std::exchange(own_promises_, {})) step(promise);
  log_.mark_stored();
  if (storing_snapshot_ > 0) {
    log_.mark_applied(storing_snapshot_);
    if (received_ && received_->at.index == storing_snapshot_) {
      snapshot_ = std::move(*received_);
      received_.reset();
    }
    storing_snapshot_ = 0;
  }
  log_.mark_applied(std::exchange(applying_, 0));
}

std::vector<Message> Raft::take_messages() { return std::exchange(messages_, {}); }

void Raft::hash(StateHasher& hasher) const {
  for (const std::uint64_t v : {self_.value, term_, vote_.value, static_cast<std::uint64_t>(role_), leader_.value})
    hasher.add(v);
  for (const Instant t : {since_, beat_, withheld_until_}) hasher.add(static_cast<std::uint64_t>(nanos(t)));
  hasher.add(static_cast<std::uint64_t>(drawn_timeout_.count()));
  log_.hash(hasher);
  for (const auto& [voter, granted] : votes_) hasher.add(voter.value * 2 + (granted ? 1 : 0));
  for (const auto& [voter, peer] : progress_) peer.hash(hasher);
  hasher.add(transferee_.value * 2 + (lease_forfeited_ ? 1 : 0));
  hasher.add(snapshot_.at.index);
  hasher.add(received_ ? received_->at.index : 0);
  hasher.add(messages_.size() + promises_.size() + own_promises_.size());
}

}  // namespace syncer::raft
