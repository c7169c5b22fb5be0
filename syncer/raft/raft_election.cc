// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/mutation.h"
#include "syncer/raft/raft.h"

// Campaigns and votes.
namespace syncer::raft {
namespace {

bool is_up_to_date(Position candidate, Position own) {
  if (SYNCER_MUTATED("election.vote_without_log_check")) return true;
  if (SYNCER_MUTATED("election.compare_index_before_term")) return candidate.index >= own.index;
  return candidate >= own;
}

}  // namespace

void Raft::campaign(Instant now) {
  now_ = now;
  if (role_ == Role::Leader || !may_campaign()) return;
  start_campaign(options_.pre_vote ? Campaign::PreElection : Campaign::Election);
}

bool Raft::may_campaign() const { return !received_; }

void Raft::start_campaign(Campaign kind) {
  const bool pre = kind == Campaign::PreElection;
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
  if (SYNCER_MUTATED("election.count_vote_twice") && votes_.count(voter) == 1) {
    for (const VoterId other : group_.voters()) {
      if (votes_.count(other) == 0) voter = other;
    }
  }
  votes_.emplace(voter, !m.rejected);
  switch (group_.count(votes_)) {
    case VoteResult::Pending:
      return;
    case VoteResult::Lost:
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

}  // namespace syncer::raft
