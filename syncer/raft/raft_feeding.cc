// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/raft/raft.h"

// How a leader keeps its peers' logs, and its lease, fed.
namespace syncer::raft {

void Raft::note_echo(Progress& peer, Instant sent_at) const {
  // The leader's own clock came back; a later reading than now cannot be an echo.
  if (sent_at <= now_) peer.echoed = std::max(peer.echoed, sent_at);
  const Instant patience = saturating_add(peer.snapshot_sent, 2 * options_.heartbeat_interval);
  if (peer.state != ProgressState::Snapshot || peer.echoed <= patience) return;
  // It answers what was sent long after the snapshot, but not the snapshot: send it again (receiving twice is
  // harmless).
  peer.pending_snapshot = 0;
  peer.become_probe();
}

bool Raft::resumes_from_snapshot(const Progress& peer) const {
  return peer.state == ProgressState::Snapshot && peer.match + 1 >= log_.first_index();
}

void Raft::feed_all() {
  for (auto& [voter, peer] : progress_) {
    if (voter != self_) feed(voter, peer, true);
  }
}

/// One append to `to`, or a snapshot when the log no longer reaches back. False when nothing was sent.
bool Raft::feed(VoterId to, Progress& peer, bool empty_allowed) {
  if (peer.paused()) return false;
  const std::optional<Term> term_before = log_.term_at(peer.next - 1);
  if (!term_before) return feed_snapshot(to, peer);
  Message append;
  const bool full = peer.state == ProgressState::Replicate && peer.window.size() >= options_.max_inflight;
  if (!full) append.entries = log_.batch(peer.next, options_);
  if (append.entries.empty() && !empty_allowed) return false;
  append.type = MessageType::Append;
  append.from = self_;
  append.to = to;
  append.term = term_;
  append.log = {*term_before, peer.next - 1};
  append.commit = log_.commit();
  append.sent_at = now_;
  peer.on_sent(append.entries.size(), log_.commit(), options_.max_inflight);
  send(std::move(append));
  return true;
}

bool Raft::feed_snapshot(VoterId to, Progress& peer) {
  if (!peer.active) return false;
  Message message;
  message.type = MessageType::InstallSnapshot;
  message.from = self_;
  message.to = to;
  message.term = term_;
  message.sent_at = now_;
  message.snapshot = snapshot_;
  peer.on_snapshot_sent(snapshot_.at.index, now_);
  send(std::move(message));
  return true;
}

void Raft::report_unreachable(VoterId peer) {
  const auto found = progress_.find(peer);
  if (role_ != Role::Leader || found == progress_.end()) return;
  if (found->second.state == ProgressState::Replicate) found->second.become_probe();
}

void Raft::forget_peer(VoterId peer) {
  const auto found = progress_.find(peer);
  if (found == progress_.end() || peer == self_ || SYNCER_MUTATED("election.keep_former_progress")) return;
  found->second = Progress{};
  found->second.next = log_.last().index + 1;
  votes_.erase(peer);
  if (transferee_ == peer) transferee_ = kNobody;
}

void Raft::report_snapshot(VoterId peer, bool arrived) {
  const auto found = progress_.find(peer);
  if (role_ != Role::Leader || found == progress_.end()) return;
  Progress& progress = found->second;
  if (progress.state != ProgressState::Snapshot) return;
  if (!arrived) progress.pending_snapshot = 0;
  progress.become_probe();
  progress.throttled = true;
}

Instant Raft::lease_end() const {
  const bool alone = group_.voters().size() == 1;
  const bool opened = log_.term_at(log_.commit()) == term_ || SYNCER_MUTATED("election.lease_before_opening");
  if (role_ != Role::Leader || !opened) return Instant::min();
  if (alone) return kNever;
  if (!options_.check_quorum || lease_forfeited_) return Instant::min();
  std::map<VoterId, Instant> echoes;
  for (const auto& [voter, peer] : progress_) echoes[voter] = voter == self_ ? kNever : peer.echoed;
  const Instant reached = group_.reached<Instant>(echoes, Instant::min(), kNever);
  return reached == Instant::min() ? reached : saturating_add(reached, write_lease(options_));
}

}  // namespace syncer::raft
