// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/raft.h"

#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::raft {
namespace {

HardState remembered(HardState state, const Snapshot& snapshot) {
  state.commit = std::max(state.commit, snapshot.at.index);
  if (SYNCER_MUTATED("election.forget_vote_at_restart")) state.vote = kNobody;
  if (SYNCER_MUTATED("election.forget_term_at_restart")) state.term = 0;
  return state;
}

bool is_vote_request(MessageType type) { return type == MessageType::Vote || type == MessageType::PreVote; }

bool is_from_leader(MessageType type) {
  return type == MessageType::Append || type == MessageType::Heartbeat || type == MessageType::InstallSnapshot;
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
  if (has_past && !SYNCER_MUTATED("election.restarted_voter_votes")) withheld_until_ = now + options_.election_timeout;
  reset(term_);
  // Nobody else to wait for, and nobody to collide with.
  if (group_.voters().size() == 1) drawn_timeout_ = Duration::zero();
}

std::optional<DropReason> Raft::receive(Instant now, const Message& message) {
  now_ = now;
  dropped_.reset();
  const bool known = message.to == self_ && message.from != self_ && progress_.count(message.from) == 1;
  if (!known) return DropReason::Stranger;
  if (!well_formed(message)) return DropReason::Malformed;
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
    // The sender learns the higher term from it; otherwise nobody would ever take this voter in again.
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
  if (SYNCER_MUTATED("election.pre_candidate_raises_term")) reset(term_ + 1);
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

}  // namespace syncer::raft
