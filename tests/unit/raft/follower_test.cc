// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/raft/subject.h"

namespace syncer::raft {
namespace {

Stored past(Term term, std::vector<Entry> log, Index commit = 0) {
  return Stored{{term, kNobody, commit}, {}, {}, std::move(log)};
}

Message install(VoterId from, Term term, Position at) {
  Message m = message(MessageType::InstallSnapshot, from, term);
  m.snapshot = Snapshot{at, "state"};
  return m;
}

TEST(Follower, BelievesOnlyWhatTheMessageProved) {
  Subject s(test_options(), past(3, entries(1, {1, 1, 2})));
  const auto sent = s.receive(append(kTwo, 3, {1, 1}, entries(2, {1}), 3));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].log.index, 2U) << "acknowledges prev + n, not its own end";
  EXPECT_EQ(s.voter.log().commit(), 2U) << "commits no further than prev + n";
  EXPECT_TRUE(s.voter.log().holds({2, 3})) << "removes nothing without a conflict";
}

TEST(Follower, AnswersAnAppendBelowItsCommitUnseen) {
  Subject s(test_options(), past(3, entries(1, {1, 1, 2}), 2));
  const auto sent = s.receive(append(kTwo, 3, {2, 1}, {}, 3));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_FALSE(sent[0].rejected);
  EXPECT_EQ(sent[0].log.index, 2U);
  EXPECT_EQ(s.voter.log().commit(), 2U);
}

TEST(Follower, ReplacesAConflictingTail) {
  Subject s(test_options(), past(3, entries(1, {1, 2, 2, 2})));
  s.receive(append(kTwo, 3, {1, 1}, entries(2, {3}), 2));
  EXPECT_EQ(s.voter.log().last(), (Position{3, 2}));
  EXPECT_EQ(s.voter.log().commit(), 2U);
}

TEST(Follower, HintsWhereTheLogsMayAgree) {
  Subject s(test_options(), past(5, entries(1, {1, 1, 4, 4, 4})));
  const auto sent = s.receive(append(kTwo, 5, {3, 5}, {}, 0));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent[0].rejected);
  EXPECT_EQ(sent[0].hint, 2U);
  EXPECT_EQ(sent[0].log, (Position{1, 5}));
}

TEST(Follower, NeverReplacesWhatIsCommitted) {
  Subject s(test_options(), past(3, entries(1, {1, 1}), 2));
  s.receive(append(kTwo, 4, {0, 0}, entries(1, {4, 4, 4}), 3));
  EXPECT_EQ(s.voter.log().last(), (Position{1, 2}));
}

TEST(Follower, RefusesACommitBeyondItsLog) {
  Subject s;
  Message beat = message(MessageType::Heartbeat, kTwo, 1);
  beat.commit = 4;
  s.receive(beat);
  EXPECT_EQ(s.dropped, DropReason::BeyondLog);
}

TEST(Follower, KeepsItsLogWhenItHoldsTheSnapshot) {
  Subject s(test_options(), past(3, entries(1, {1, 1, 2})));
  const auto sent = s.receive(install(kTwo, 3, {1, 2}));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].log.index, 2U);
  EXPECT_TRUE(s.voter.log().holds({2, 3}));
  EXPECT_EQ(s.voter.log().commit(), 2U);
}

TEST(Follower, ReplacesItsLogByANewerSnapshot) {
  Subject s(test_options(), past(3, entries(1, {1, 1, 2})));
  const auto sent = s.receive(install(kTwo, 3, {3, 2}));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].log.index, 2U);
  EXPECT_EQ(s.voter.log().last(), (Position{3, 2}));
  EXPECT_EQ(s.voter.log().applied(), 2U);
}

TEST(Follower, IgnoresAnOldSnapshot) {
  Subject s(test_options(), past(3, entries(1, {1, 1, 2}), 3));
  const auto sent = s.receive(install(kTwo, 3, {1, 2}));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].log.index, 3U);
}

TEST(Follower, ForwardsProposalsToItsLeader) {
  Subject s;
  EXPECT_FALSE(s.voter.propose(s.now, "x")) << "nobody to forward to";
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  EXPECT_TRUE(s.voter.propose(s.now, "x"));
  const auto sent = s.settle();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].type, MessageType::Propose);
  EXPECT_EQ(sent[0].to, kTwo);
  EXPECT_EQ(sent[0].entries[0].data, "x");
}

TEST(Follower, DoesNotSendAProposalBackToWhereItCameFrom) {
  Subject s;
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  Message forwarded = message(MessageType::Propose, kTwo, 0);
  forwarded.entries = {Entry{0, 0, "x"}};
  EXPECT_TRUE(s.receive(forwarded).empty());
}

TEST(Follower, DropsWhatIsNotForItOrMakesNoSense) {
  Subject s;
  s.receive(message(MessageType::Heartbeat, VoterId{9}, 1));
  EXPECT_EQ(s.dropped, DropReason::Stranger);
  Message misdirected = message(MessageType::Heartbeat, kTwo, 1);
  misdirected.to = kThree;
  s.receive(misdirected);
  EXPECT_EQ(s.dropped, DropReason::Stranger);
  s.receive(append(kTwo, 3, {1, 1}, entries(5, {2}), 0));
  EXPECT_EQ(s.dropped, DropReason::Malformed) << "a gap between prev and the entries";
  s.receive(append(kTwo, 3, {2, 1}, entries(2, {1}), 0));
  EXPECT_EQ(s.dropped, DropReason::Malformed) << "terms fall";
  s.receive(append(kTwo, 3, {1, 1}, entries(2, {4}), 0));
  EXPECT_EQ(s.dropped, DropReason::Malformed) << "an entry of a term that has no leader yet";
  s.receive(message(MessageType::InstallSnapshot, kTwo, 3));
  EXPECT_EQ(s.dropped, DropReason::Malformed) << "no snapshot";
  s.receive(message(MessageType::Heartbeat, kTwo, 0));
  EXPECT_EQ(s.dropped, DropReason::Malformed) << "term 0 has no leader";
  s.receive(message(MessageType::Heartbeat, kTwo, ~0ULL));
  EXPECT_EQ(s.dropped, DropReason::Malformed) << "no term can follow";
  EXPECT_EQ(s.voter.term(), 0U);
}

}  // namespace
}  // namespace syncer::raft
