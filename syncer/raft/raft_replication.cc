// SPDX-License-Identifier: Apache-2.0
// The replicating half of Raft: what a follower does with its leader's messages, what a leader does, and how it feeds
// its peers and its write lease. The other half (terms, roles, votes, effects) is in raft.cc.
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/raft/raft.h"

namespace syncer::raft {

void Raft::hear_leader(const Message& m) {
  since_ = now_;
  leader_ = m.from;
  switch (m.type) {
    case MessageType::Append:
      return on_append(m);
    case MessageType::Heartbeat:
      return on_heartbeat(m);
    default:
      return on_install_snapshot(m);
  }
}

void Raft::on_append(const Message& m) {
  Message response = answer(MessageType::AppendResponse, m);
  if (m.log.index < log_.commit()) {
    response.log.index = log_.commit();
    return send(std::move(response));
  }
  const bool follows =
      log_.holds(m.log) || (SYNCER_MUTATED("raft.skip_previous_check") && m.log.index <= log_.last().index);
  SYNCER_SOMETIMES(!follows, "raft.follower_lacks_what_comes_before");
  if (!follows) {
    const Position hint = log_.last_agreement(std::min(m.log.index, log_.last().index), m.log.term);
    response.rejected = true;
    response.hint = hint.index;
    response.log = {hint.term, m.log.index};
    return send(std::move(response));
  }
  log_.merge(m.entries);
  // Only what this very message proved to be the leader's: the tail behind it may be another leader's.
  const Index proven = m.log.index + m.entries.size();
  const Index limit = SYNCER_MUTATED("raft.commit_to_own_end") ? log_.last().index : proven;
  log_.commit_to(std::min(m.commit, limit));
  response.log.index = SYNCER_MUTATED("raft.acknowledge_own_end") ? log_.last().index : proven;
  send(std::move(response));
}

void Raft::on_heartbeat(const Message& m) {
  Index commit = m.commit;
  if (SYNCER_MUTATED("raft.heartbeat_own_commit")) commit = std::min(commit, log_.last().index);
  SYNCER_SOMETIMES(commit > log_.last().index, "raft.heartbeat_beyond_the_log");
  if (commit > log_.last().index) return drop(DropReason::BeyondLog);
  log_.commit_to(commit);
  send(answer(MessageType::HeartbeatResponse, m));
}

void Raft::on_install_snapshot(const Message& m) {
  Message response = answer(MessageType::AppendResponse, m);
  response.log.index = restore(*m.snapshot) ? log_.last().index : log_.commit();
  send(std::move(response));
}

/// True when the snapshot replaced the log.
bool Raft::restore(const Snapshot& snapshot) {
  if (snapshot.at.index <= log_.commit()) return false;
  if (log_.holds(snapshot.at) && !SYNCER_MUTATED("raft.snapshot_discards_longer_log")) {
    SYNCER_SOMETIMES(true, "raft.snapshot_of_what_is_there");
    log_.commit_to(snapshot.at.index);
    return false;
  }
  SYNCER_SOMETIMES(true, "raft.snapshot_replaces_the_log");
  log_.restore(snapshot.at);
  received_ = snapshot;
  reset_progress();
  return true;
}

void Raft::forget_leader() {
  if (role_ == Role::Follower) leader_ = kNobody;
}

/// To the leader, if one is known.
void Raft::forward(Message message) {
  if (leader_ == kNobody) return;
  message.from = self_;
  message.to = leader_;
  send(std::move(message));
}

void Raft::advance_leader() {
  if (now_ - since_ >= options_.election_timeout) {
    since_ = now_;
    if (options_.check_quorum) check_quorum();
    if (role_ == Role::Leader && keeps_no_lease()) return become_follower(term_, kNobody);
    transferee_ = kNobody;
  }
  if (role_ != Role::Leader || now_ - beat_ < options_.heartbeat_interval) return;
  beat_ = now_;
  send_heartbeats();
}

/// It ordered a transfer that nobody took: in this term it would lead and never write again.
bool Raft::keeps_no_lease() const {
  return options_.check_quorum && lease_forfeited_ && !SYNCER_MUTATED("raft.lead_without_a_lease");
}

void Raft::check_quorum() {
  SYNCER_SOMETIMES(!quorum_active(), "raft.leader_without_a_quorum");
  if (!quorum_active() && !SYNCER_MUTATED("raft.never_step_down")) return become_follower(term_, kNobody);
  for (auto& [voter, peer] : progress_) peer.active = voter == self_;
}

void Raft::send_heartbeats() {
  if (SYNCER_MUTATED("raft.withdraw_own_entry")) log_.withdraw_last();
  for (auto& [voter, peer] : progress_) {
    if (voter == self_) continue;
    Message beat;
    beat.type = MessageType::Heartbeat;
    beat.from = self_;
    beat.to = voter;
    beat.term = term_;
    beat.sent_at = now_;
    // Never past what the peer is known to hold: its tail may still be another leader's.
    beat.commit = std::min(peer.match, log_.commit());
    if (SYNCER_MUTATED("raft.heartbeat_own_commit")) beat.commit = log_.commit();
    peer.sent_commit = beat.commit;
    send(std::move(beat));
  }
}

Result<Position> Raft::propose(Instant now, Bytes data) {
  now_ = now;
  const auto refused = [](std::string why) {
    return failure(ErrorCode::Refused, "raft proposal dropped", std::move(why));
  };
  if (leader_ == kNobody) return refused("no leader is known");
  if (role_ != Role::Leader) {
    Message request;
    request.type = MessageType::Propose;
    request.entries.push_back(Entry{0, 0, std::move(data)});
    forward(std::move(request));
    return Position{};
  }
  if (transferee_ != kNobody) return refused("leadership is being handed over");
  if (log_.uncommitted_bytes() + data.size() > options_.max_uncommitted_bytes)
    return refused("too much waits for a majority");
  append_own(std::move(data));
  feed_all();
  return log_.last();
}

void Raft::append_own(Bytes data) {
  if (SYNCER_MUTATED("raft.withdraw_own_entry")) log_.withdraw_last();
  log_.append(Entry{term_, log_.last().index + 1, std::move(data)});
  Message own;
  own.type = MessageType::AppendResponse;
  own.from = own.to = self_;
  own.term = term_;
  own.log.index = log_.last().index;
  send(std::move(own));
}

void Raft::on_proposals(const Message& m) {
  for (const Entry& entry : m.entries) static_cast<void>(propose(now_, entry.data));
}

void Raft::transfer(Instant now, VoterId target) {
  now_ = now;
  if (progress_.count(target) == 0) return;
  if (role_ == Role::Leader) return on_transfer_request(target);
  Message request;
  request.type = MessageType::Transfer;
  request.target = target;
  if (role_ == Role::Follower) forward(std::move(request));
}

void Raft::on_transfer_request(VoterId target) {
  const auto peer = progress_.find(target);
  if (peer == progress_.end() || target == self_ || target == transferee_) return;
  since_ = now_;
  transferee_ = target;
  if (peer->second.match == log_.last().index) return send_timeout_now(target);
  feed(target, peer->second, true);
}

void Raft::send_timeout_now(VoterId target) {
  // However late it arrives in this term, the target's votes will pass the voters' lease: so this leader's ends now.
  if (!SYNCER_MUTATED("raft.lease_survives_transfer")) lease_forfeited_ = true;
  Message order;
  order.type = MessageType::TimeoutNow;
  order.from = self_;
  order.to = target;
  order.term = term_;
  send(std::move(order));
}

void Raft::on_append_response(const Message& m) {
  Progress& peer = progress_.at(m.from);
  if (m.log.index > log_.last().index) return drop(DropReason::BeyondLog);
  peer.active = true;
  note_echo(peer, m.sent_at);
  m.rejected ? on_refused(m.from, peer, m) : on_acknowledged(m.from, peer, m.log.index);
}

void Raft::on_acknowledged(VoterId from, Progress& peer, Index index) {
  const bool found_match = peer.state == ProgressState::Probe && index == peer.match;
  if (!peer.acknowledge(index) && !found_match) return;
  if (peer.state == ProgressState::Probe || resumes_from_snapshot(peer)) {
    peer.become_replicate();
  } else {
    peer.release(index);
  }
  const bool is_other = from != self_;
  if (advance_commit()) {
    feed_all();
  } else if (is_other && log_.commit() > peer.sent_commit && peer.sent_commit < peer.next - 1) {
    feed(from, peer, true);
  }
  while (is_other && feed(from, peer, false)) {
  }
  if (from == transferee_ && peer.match == log_.last().index) send_timeout_now(from);
}

void Raft::on_refused(VoterId from, Progress& peer, const Message& m) {
  // The follower's hint skips its own divergent tail, this search the leader's: one refusal a term instead of an index.
  const Index agreement = m.log.term > 0 ? log_.last_agreement(m.hint, m.log.term).index : m.hint;
  if (peer.refuse(m.log.index, agreement)) feed(from, peer, true);
}

void Raft::on_heartbeat_response(const Message& m) {
  Progress& peer = progress_.at(m.from);
  peer.active = true;
  peer.throttled = false;
  note_echo(peer, m.sent_at);
  if (peer.match < log_.last().index || peer.state == ProgressState::Probe) feed(m.from, peer, true);
}

bool Raft::advance_commit() {
  std::map<VoterId, Index> matches;
  for (const auto& [voter, peer] : progress_) matches[voter] = peer.match;
  const Index reached = group_.reached<Index>(matches, 0, log_.last().index);
  if (reached <= log_.commit()) return false;
  // Counting replicas of an older term's entry proves nothing: it may still be overwritten (thesis figure 3.7).
  const bool own_term = log_.term_at(reached) == term_ || SYNCER_MUTATED("raft.commit_older_term");
  SYNCER_SOMETIMES(!own_term, "raft.older_term_waits_for_its_own");
  if (own_term) log_.commit_to(reached);
  return own_term;
}

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
  if (found == progress_.end() || peer == self_ || SYNCER_MUTATED("raft.keep_former_progress")) return;
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
  const bool opened = log_.term_at(log_.commit()) == term_ || SYNCER_MUTATED("raft.lease_before_opening");
  SYNCER_SOMETIMES(role_ == Role::Leader && !opened, "raft.leads_before_it_may_write");
  if (role_ != Role::Leader || !opened) return Instant::min();
  if (alone) return kNever;
  if (!options_.check_quorum || lease_forfeited_) return Instant::min();
  std::map<VoterId, Instant> echoes;
  for (const auto& [voter, peer] : progress_) echoes[voter] = voter == self_ ? kNever : peer.echoed;
  const Instant reached = group_.reached<Instant>(echoes, Instant::min(), kNever);
  return reached == Instant::min() ? reached : saturating_add(reached, write_lease(options_));
}

}  // namespace syncer::raft
