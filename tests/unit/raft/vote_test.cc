// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/raft/subject.h"

namespace syncer::raft {
namespace {

Options plain() {
  Options options = test_options();
  options.pre_vote = options.check_quorum = false;
  return options;
}

Stored at_term(Term term) { return Stored{{term, kNobody, 0}, {}, {}, {}}; }

TEST(Vote, GrantRestartsTheTimer) {
  Subject s(plain());
  s.voter.set_drawn_timeout(kTimeout);
  s.receive(message(MessageType::VoteResponse, kTwo, 1));  // term 1, so that the vote below changes no term
  s.voter.set_drawn_timeout(kTimeout);
  s.pass(kTimeout * 9 / 10);
  s.receive(vote_request(kTwo, 1, {}));
  EXPECT_TRUE(s.pass(kTimeout * 9 / 10).empty());
  EXPECT_EQ(s.role(), Role::Follower);
}

TEST(Vote, KnownLeaderBlocksASecondCandidateOfItsTerm) {
  Subject s(plain());
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  const auto sent = s.receive(vote_request(kThree, 1, {}));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].rejected);
}

TEST(Vote, GoesToOneCandidateATerm) {
  Subject s(plain());
  EXPECT_FALSE(s.receive(vote_request(kTwo, 1, {}))[0].rejected);
  EXPECT_TRUE(s.receive(vote_request(kThree, 1, {}))[0].rejected);
  EXPECT_FALSE(s.receive(vote_request(kTwo, 1, {}))[0].rejected) << "the same candidate may ask again";
}

TEST(Vote, PreCandidacyLeavesTheTimerAlone) {
  Subject s;
  s.voter.set_drawn_timeout(kTimeout);
  s.pass(kTimeout / 2);
  s.voter.campaign(s.now);
  s.settle();
  EXPECT_EQ(s.role(), Role::PreCandidate);
  EXPECT_EQ(s.pass(kTimeout / 2).size(), 2U) << "it asks again when the old timer fires";
}

TEST(Vote, LostElectionReturnsToFollower) {
  Subject s(plain());
  s.voter.campaign(s.now);
  s.settle();
  for (const VoterId id : {kTwo, kThree}) {
    EXPECT_EQ(s.role(), Role::Candidate);
    Message refusal = message(MessageType::VoteResponse, id, 1);
    refusal.rejected = true;
    s.receive(refusal);
  }
  EXPECT_EQ(s.role(), Role::Follower);
  EXPECT_EQ(s.voter.term(), 1U);
}

TEST(Vote, RefusesAPreVoteOfALowerTermWithItsOwn) {
  Subject s(plain(), at_term(5));
  s.pass(kTimeout);
  const auto sent = s.receive(vote_request(kTwo, 3, {9, 9}, MessageType::PreVote));
  ASSERT_FALSE(to(kTwo, sent).empty());
  EXPECT_TRUE(to(kTwo, sent).back().rejected);
  EXPECT_GE(to(kTwo, sent).back().term, 5U);
}

TEST(Vote, AnsweringAPreVoteChangesNothing) {
  Subject s(plain());
  const auto sent = s.receive(vote_request(kTwo, 7, {}, MessageType::PreVote));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(sent[0].rejected);
  EXPECT_EQ(sent[0].term, 7U);
  EXPECT_EQ(s.voter.hard_state(), HardState{});
}

TEST(Vote, OwnVoteCountsOnlyOnceItIsStored) {
  Subject s(plain());
  s.voter.campaign(s.now);
  s.voter.receive(s.now, message(MessageType::VoteResponse, kTwo, 1));
  EXPECT_EQ(s.role(), Role::Candidate) << "one of three: the own vote is not durable yet";
  s.settle();
  EXPECT_EQ(s.role(), Role::Leader);
}

TEST(Vote, RepeatedAnswersCountOnce) {
  Subject s(plain(), {}, 5);
  s.voter.campaign(s.now);
  s.settle();
  for (int i = 0; i < 3; ++i) s.receive(message(MessageType::VoteResponse, kTwo, 1));
  EXPECT_EQ(s.role(), Role::Candidate);
}

TEST(Vote, ForgettingTheLeaderLeavesTheTimerAlone) {
  Subject s;
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  const Instant deadline = s.voter.next_deadline();
  s.now += kTimeout / 2;
  s.voter.forget_leader();
  EXPECT_EQ(s.voter.soft_state().leader, kNobody);
  EXPECT_EQ(s.voter.next_deadline(), deadline);
}

TEST(Vote, ACandidateWhoseLogIsOlderIsRefused) {
  Subject s(plain(), Stored{{3, kNobody, 0}, {}, {}, entries(1, {1, 3})});
  s.pass(kTimeout);
  s.receive(message(MessageType::VoteResponse, kTwo, 9));
  EXPECT_TRUE(s.receive(vote_request(kTwo, 9, {2, 7}))[0].rejected) << "longer, but of an older term";
  EXPECT_FALSE(s.receive(vote_request(kThree, 9, {3, 2}))[0].rejected);
}

TEST(Vote, IsRefusedWithoutAnAnswerWhileALeaderIsHeard) {
  Subject s;
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  s.now += kTimeout - Duration(1);
  EXPECT_TRUE(s.receive(vote_request(kThree, 2, {9, 9})).empty());
  EXPECT_EQ(s.voter.term(), 1U);
  Message ordered = vote_request(kThree, 2, {9, 9});
  ordered.by_transfer = true;
  EXPECT_EQ(s.receive(ordered).size(), 1U) << "the leader itself ordered this one";
}

TEST(Vote, IsWithheldForOneTimeoutAfterARestart) {
  Subject s(test_options(), at_term(3));
  s.now += kTimeout - Duration(1);
  EXPECT_TRUE(s.receive(vote_request(kTwo, 4, {9, 9})).empty());
  EXPECT_TRUE(s.receive(vote_request(kTwo, 4, {9, 9}, MessageType::PreVote)).empty());
  s.now += Duration(1);
  EXPECT_EQ(s.receive(vote_request(kTwo, 4, {9, 9})).size(), 1U);
}

TEST(Vote, IsNotWithheldByANewVoter) {
  Subject s;
  EXPECT_EQ(s.receive(vote_request(kTwo, 1, {})).size(), 1U);
}

TEST(Vote, OldTermsGetNoAnswerWithBothFlagsOff) {
  Subject s(plain(), at_term(5));
  EXPECT_TRUE(s.receive(message(MessageType::Heartbeat, kTwo, 4)).empty());
  EXPECT_TRUE(s.receive(append(kTwo, 4, {}, {}, 0)).empty());
}

TEST(Vote, StuckLeaderOfAnOldTermIsToldTheNewOne) {
  Subject s(test_options(), at_term(5));
  const auto sent = s.receive(message(MessageType::Heartbeat, kTwo, 4));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].type, MessageType::AppendResponse);
  EXPECT_EQ(sent[0].term, 5U);
}

TEST(Vote, TimeoutsAreFineGrainedAndWithinTwoT) {
  std::set<Instant> deadlines;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Raft voter(kSelf, Subject::group(3), test_options(), Random(seed), Instant{}, {});
    deadlines.insert(voter.next_deadline());
  }
  EXPECT_GT(deadlines.size(), 195U);
  EXPECT_GE(*deadlines.begin(), Instant{} + kTimeout);
  EXPECT_LT(*deadlines.rbegin(), Instant{} + 2 * kTimeout);
}

}  // namespace
}  // namespace syncer::raft
