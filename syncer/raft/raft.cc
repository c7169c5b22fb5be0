// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/raft.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::raft {
namespace {

HardState remembered(HardState state, const Snapshot& snapshot) {
  state.commit = std::max(state.commit, snapshot.at.index);
  if (SYNCER_MUTATED("raft.forget_vote_at_restart")) state.vote = kNobody;
  if (SYNCER_MUTATED("raft.forget_term_at_restart")) state.term = 0;
  return state;
}

bool is_vote_request(MessageType type) { return type == MessageType::Vote || type == MessageType::PreVote; }

bool is_from_leader(MessageType type) {
  return type == MessageType::Append || type == MessageType::Heartbeat || type == MessageType::InstallSnapshot;
}

bool is_up_to_date(Position candidate, Position own) {
  if (SYNCER_MUTATED("raft.vote_without_log_check")) return true;
  if (SYNCER_MUTATED("raft.compare_index_before_term")) return candidate.index >= own.index;
  return candidate >= own;
}

}  // namespace

Raft::Raft(VoterId self, std::vector<VoterId> voters, Options options, Random random, Instant now, Stored stored)
    : self_(self),
      group_(std::move(voters)),
      options_(options),
      random_(random),
      now_(now),
      term_(remembered(stored.hard_state, stored.snapshot).term),
      vote_(remembered(stored.hard_state, stored.snapshot).vote),
      log_(stored.base, std::move(stored.entries), remembered(stored.hard_state, stored.snapshot).commit,
           stored.snapshot.at.index),
      since_(now),
      beat_(now),
      snapshot_(std::move(stored.snapshot)),
      reported_hard_(hard_state()) {
  SYNCER_ASSERT(!check(options_, self_, group_.voters()));
  SYNCER_ASSERT(log_.holds(snapshot_.at));
  const bool has_past = stored.hard_state.term > 0 && group_.voters().size() > 1;
  if (has_past && !SYNCER_MUTATED("raft.restarted_voter_votes")) withheld_until_ = now + options_.election_timeout;
  SYNCER_SOMETIMES(has_past, "raft.restarted_voter_withholds_its_vote");
  reset(term_);
  // No other voter to wait for, and none to collide with.
  if (group_.voters().size() == 1) drawn_timeout_ = Duration::zero();
}

std::optional<DropReason> Raft::receive(Instant now, const Message& message) {
  now_ = now;
  dropped_.reset();
  const bool known = message.to == self_ && message.from != self_ && progress_.count(message.from) == 1;
  if (!known) return DropReason::Stranger;
  if (!well_formed(message)) return DropReason::Malformed;
  const bool far = message.term > term_ && message.term - term_ > kMaxTermJump;
  if (far) return DropReason::FarTerm;
  step(message);
  return dropped_;
}

void Raft::advance(Instant now) {
  now_ = now;
  if (role_ == Role::Leader) return advance_leader();
  if (!may_campaign() || now - since_ < drawn_timeout_) return;
  since_ = now;
  start_campaign(options_.pre_vote ? Campaign::PreElection : Campaign::Election);
}

Instant Raft::next_deadline() const {
  if (role_ == Role::Leader) {
    return std::min(since_ + options_.election_timeout, beat_ + options_.heartbeat_interval);
  }
  return may_campaign() ? since_ + drawn_timeout_ : kNever;
}

void Raft::step(const Message& m) {
  const bool has_term = m.type != MessageType::Propose && m.type != MessageType::Transfer;
  if (has_term && !adopt_term(m)) return;
  if (is_vote_request(m.type)) return on_vote_request(m);
  switch (role_) {
    case Role::Follower:
      return step_follower(m);
    case Role::PreCandidate:
    case Role::Candidate:
      return step_candidate(m);
    case Role::Leader:
      return step_leader(m);
  }
}

bool Raft::ignores_vote_request(const Message& m) const {
  if (!is_vote_request(m.type) || m.by_transfer) return false;
  if (now_ < withheld_until_) return true;
  const bool hears_leader = leader_ != kNobody && now_ - since_ < options_.election_timeout;
  return m.term > term_ && options_.check_quorum && hears_leader;
}

/// False when the message is done with: ignored, or answered by the own term.
bool Raft::adopt_term(const Message& m) {
  if (ignores_vote_request(m)) return false;
  if (m.term == term_) return true;
  if (m.term < term_) {
    answer_old_term(m);
    return false;
  }
  // A pre-vote is a question about a term that may never come; its answer repeats the question's term.
  const bool hypothetical = m.type == MessageType::PreVote || (m.type == MessageType::PreVoteResponse && !m.rejected);
  if (!hypothetical) become_follower(m.term, is_from_leader(m.type) ? m.from : kNobody);
  return true;
}

void Raft::answer_old_term(const Message& m) {
  const bool may_be_stuck = options_.check_quorum || options_.pre_vote;
  if (may_be_stuck && (m.type == MessageType::Heartbeat || m.type == MessageType::Append)) {
    // The sender learns the higher term from it; otherwise this voter could never rejoin.
    send(answer(MessageType::AppendResponse, m));
  } else if (m.type == MessageType::PreVote) {
    Message refusal = answer(MessageType::PreVoteResponse, m);
    refusal.rejected = true;
    send(std::move(refusal));
  }
}

void Raft::step_follower(const Message& m) {
  switch (m.type) {
    case MessageType::Append:
    case MessageType::Heartbeat:
    case MessageType::InstallSnapshot:
      return hear_leader(m);
    case MessageType::TimeoutNow:
      if (may_campaign()) start_campaign(Campaign::Transfer);
      return;
    case MessageType::Propose:
    case MessageType::Transfer:
      if (leader_ != m.from) forward(m);
      return;
    default:
      return;
  }
}

void Raft::step_candidate(const Message& m) {
  if (is_from_leader(m.type)) {
    become_follower(term_, m.from);
    return hear_leader(m);
  }
  const MessageType awaited = role_ == Role::PreCandidate ? MessageType::PreVoteResponse : MessageType::VoteResponse;
  if (m.type == awaited) on_vote_response(m);
}

void Raft::step_leader(const Message& m) {
  switch (m.type) {
    case MessageType::AppendResponse:
      return on_append_response(m);
    case MessageType::HeartbeatResponse:
      return on_heartbeat_response(m);
    case MessageType::Propose:
      return on_proposals(m);
    case MessageType::Transfer:
      return on_transfer_request(m.target);
    default:
      return;
  }
}

void Raft::reset(Term term) {
  if (term != term_) vote_ = kNobody;
  term_ = term;
  leader_ = kNobody;
  since_ = beat_ = now_;
  const auto steps = static_cast<std::uint64_t>(options_.election_timeout / options_.election_step);
  drawn_timeout_ = options_.election_timeout + static_cast<std::int64_t>(random_.below(steps)) * options_.election_step;
  if (SYNCER_MUTATED("raft.wait_thrice_as_long")) drawn_timeout_ *= 3;
  votes_.clear();
  transferee_ = kNobody;
  lease_forfeited_ = false;
  reset_progress();
}

void Raft::reset_progress() {
  progress_.clear();
  for (const VoterId voter : group_.voters()) progress_[voter].next = log_.last().index + 1;
  progress_[self_].match = log_.last().index;
}

void Raft::become_follower(Term term, VoterId leader) {
  reset(term);
  role_ = Role::Follower;
  leader_ = leader;
}

void Raft::become_pre_candidate() {
  // No reset: the term stays, and so does the timer that decides when to ask again.
  role_ = Role::PreCandidate;
  leader_ = kNobody;
  votes_.clear();
  if (SYNCER_MUTATED("raft.pre_candidate_raises_term")) reset(term_ + 1);
}

void Raft::become_candidate() {
  reset(term_ + 1);
  role_ = Role::Candidate;
  vote_ = self_;
}

void Raft::become_leader() {
  reset(term_);
  role_ = Role::Leader;
  leader_ = self_;
  progress_[self_].become_replicate();
  progress_[self_].active = true;
  // Committing an entry of its own term is how a leader learns what is committed at all (thesis 3.6.2).
  append_own({});
}

void Raft::send(Message message) { (is_promise(message.type) ? promises_ : messages_).push_back(std::move(message)); }

Message Raft::answer(MessageType type, const Message& to) const {
  Message out;
  out.type = type;
  out.from = self_;
  out.to = to.from;
  out.term = term_;
  out.sent_at = to.sent_at;
  return out;
}

void Raft::campaign(Instant now) {
  now_ = now;
  if (role_ == Role::Leader || !may_campaign()) return;
  start_campaign(options_.pre_vote ? Campaign::PreElection : Campaign::Election);
}

bool Raft::may_campaign() const { return !received_; }

void Raft::start_campaign(Campaign kind) {
  const bool pre = kind == Campaign::PreElection;
  SYNCER_SOMETIMES(kind == Campaign::Transfer, "raft.leadership_is_handed_over");
  pre ? become_pre_candidate() : become_candidate();
  for (const VoterId voter : group_.voters()) {
    Message request;
    request.from = self_;
    request.to = voter;
    request.term = pre ? term_ + 1 : term_;
    if (voter == self_) {
      // The own vote counts like any other: once it is durable.
      request.type = pre ? MessageType::PreVoteResponse : MessageType::VoteResponse;
    } else {
      request.type = pre ? MessageType::PreVote : MessageType::Vote;
      request.log = log_.last();
      request.by_transfer = kind == Campaign::Transfer;
    }
    send(std::move(request));
  }
}

void Raft::on_vote_request(const Message& m) {
  const bool pre = m.type == MessageType::PreVote;
  const bool unbound = vote_ == kNobody && leader_ == kNobody;
  const bool may_vote = vote_ == m.from || unbound || (pre && m.term > term_);
  Message response = answer(pre ? MessageType::PreVoteResponse : MessageType::VoteResponse, m);
  SYNCER_SOMETIMES(may_vote && !is_up_to_date(m.log, log_.last()), "raft.refuses_a_shorter_log");
  SYNCER_SOMETIMES(!may_vote && !pre, "raft.has_voted_already");
  if (may_vote && is_up_to_date(m.log, log_.last())) {
    response.term = m.term;
    if (!pre) {
      vote_ = m.from;
      since_ = now_;
    }
  } else {
    response.rejected = true;
  }
  send(std::move(response));
}

void Raft::on_vote_response(const Message& m) {
  VoterId voter = m.from;
  if (SYNCER_MUTATED("raft.count_vote_twice") && votes_.count(voter) == 1) {
    for (const VoterId other : group_.voters()) {
      if (votes_.count(other) == 0) voter = other;
    }
  }
  votes_.emplace(voter, !m.rejected);
  switch (group_.count(votes_)) {
    case VoteResult::Pending:
      return;
    case VoteResult::Lost:
      SYNCER_SOMETIMES(role_ == Role::Candidate, "raft.election_is_lost");
      return become_follower(term_, kNobody);
    case VoteResult::Won:
      if (role_ == Role::PreCandidate) return start_campaign(Campaign::Election);
      become_leader();
      feed_all();
  }
}

bool Raft::quorum_active() const {
  std::map<VoterId, bool> active;
  for (const auto& [voter, peer] : progress_) active[voter] = peer.active;
  return group_.count(active) == VoteResult::Won;
}

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
