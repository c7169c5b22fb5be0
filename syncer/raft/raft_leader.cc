// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/raft/raft.h"

// What a leader does: time, proposals, answers, transfer, commit.
namespace syncer::raft {

void Raft::advance_leader() {
  if (now_ - since_ >= options_.election_timeout) {
    since_ = now_;
    if (options_.check_quorum) check_quorum();
    transferee_ = kNobody;
  }
  if (role_ != Role::Leader || now_ - beat_ < options_.heartbeat_interval) return;
  beat_ = now_;
  send_heartbeats();
}

void Raft::check_quorum() {
  if (!quorum_active() && !SYNCER_MUTATED("election.never_step_down")) return become_follower(term_, kNobody);
  for (auto& [voter, peer] : progress_) peer.active = voter == self_;
}

void Raft::send_heartbeats() {
  if (SYNCER_MUTATED("election.withdraw_own_entry")) log_.withdraw_last();
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
    if (SYNCER_MUTATED("election.heartbeat_own_commit")) beat.commit = log_.commit();
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
  if (SYNCER_MUTATED("election.withdraw_own_entry")) log_.withdraw_last();
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
  if (!SYNCER_MUTATED("election.lease_survives_transfer")) lease_forfeited_ = true;
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
  const bool own_term = log_.term_at(reached) == term_ || SYNCER_MUTATED("election.commit_older_term");
  if (own_term) log_.commit_to(reached);
  return own_term;
}

}  // namespace syncer::raft
