// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/raft/subject.h"

namespace syncer::raft {
namespace {

TEST(Leader, OpensItsTermWithAnEmptyEntry) {
  Subject s;
  const auto sent = to(kTwo, s.lead());
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.back().type, MessageType::Append);
  EXPECT_EQ(sent.back().entries, (std::vector<Entry>{{1, 1, ""}}));
}

TEST(Leader, OwnEntryCountsOnlyOnceItIsStored) {
  Subject s;
  s.lead_in_step();
  ASSERT_TRUE(s.voter.propose(s.now, "x"));
  s.voter.receive(s.now, acknowledge(kTwo, 1, 2));
  EXPECT_EQ(s.voter.log().commit(), 1U);
  s.settle();
  EXPECT_EQ(s.voter.log().commit(), 2U);
}

TEST(Leader, CommitsOnlyEntriesOfItsOwnTermByCounting) {
  Options options = test_options();
  options.max_message_entries = 1;
  Subject s(options, Stored{{1, kNobody, 0}, {}, {}, entries(1, {1, 1})});
  s.lead();
  s.receive(acknowledge(kTwo, 2, 2));
  EXPECT_EQ(s.voter.log().commit(), 0U) << "1/2 is on a majority, but of an older term";
  s.receive(acknowledge(kTwo, 2, 3));
  EXPECT_EQ(s.voter.log().commit(), 3U);
}

TEST(Leader, SendsNoHeartbeatWhenItStepsDown) {
  Subject s;
  s.lead_in_step();
  for (int beat = 1; beat < 20; ++beat) {
    EXPECT_FALSE(s.pass(kBeat).empty()) << beat;
  }
  EXPECT_TRUE(s.pass(kBeat).empty());
  EXPECT_EQ(s.role(), Role::Follower);
  EXPECT_EQ(s.voter.term(), 1U);
}

TEST(Leader, StaysWhileAMajorityAnswers) {
  Subject s;
  s.lead_in_step();
  for (int beat = 0; beat < 50; ++beat) {
    s.pass(kBeat);
    s.receive(message(MessageType::HeartbeatResponse, kThree, 1));
  }
  EXPECT_EQ(s.role(), Role::Leader);
}

TEST(Leader, DropsAnAcknowledgementBeyondItsLog) {
  Subject s;
  s.lead_in_step();
  s.receive(acknowledge(kTwo, 1, 99));
  EXPECT_EQ(s.dropped, DropReason::BeyondLog);
  EXPECT_EQ(s.peer(kTwo).match, 1U);
}

TEST(Leader, RefusesProposalsThatWouldPileUp) {
  Options options = test_options();
  options.max_uncommitted_bytes = 10;
  Subject s(options);
  s.lead_in_step();
  EXPECT_TRUE(s.voter.propose(s.now, "0123456789"));
  EXPECT_FALSE(s.voter.propose(s.now, "x"));
  s.settle();
  s.receive(acknowledge(kTwo, 1, 2));
  EXPECT_TRUE(s.voter.propose(s.now, "x"));
}

TEST(Leader, TakesForwardedProposals) {
  Subject s;
  s.lead_in_step();
  Message forwarded = message(MessageType::Propose, kTwo, 0);
  forwarded.entries = {Entry{0, 0, "x"}};
  s.receive(forwarded);
  EXPECT_EQ(s.voter.log().last(), (Position{1, 2}));
}

TEST(Transfer, OrdersTheTargetAtOnceAndStopsProposals) {
  Subject s;
  s.lead_in_step();
  s.voter.transfer(s.now, kThree);
  const auto sent = s.settle();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].type, MessageType::TimeoutNow);
  EXPECT_EQ(sent[0].to, kThree);
  EXPECT_FALSE(s.voter.propose(s.now, "x"));
}

TEST(Transfer, WaitsUntilTheTargetHasEverything) {
  Subject s;
  s.lead_in_step();
  ASSERT_TRUE(s.voter.propose(s.now, "x"));
  s.settle();
  s.voter.transfer(s.now, kThree);
  for (const Message& m : s.settle()) EXPECT_NE(m.type, MessageType::TimeoutNow);
  const auto sent = to(kThree, s.receive(acknowledge(kThree, 1, 2)));
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.back().type, MessageType::TimeoutNow);
}

/// One answers every heartbeat for an election timeout.
void pass_a_timeout_heard_by_two(Subject& s) {
  for (int beat = 0; beat < 10; ++beat) {
    Message echo = message(MessageType::HeartbeatResponse, kTwo, 1);
    echo.sent_at = s.now;
    s.receive(echo);
    s.pass(kBeat);
  }
}

TEST(Transfer, IsGivenUpAfterOneTimeout) {
  Subject s;
  s.lead_in_step();
  ASSERT_TRUE(s.voter.propose(s.now, "x"));
  s.settle();
  s.voter.transfer(s.now, kThree);
  s.settle();
  EXPECT_FALSE(s.voter.propose(s.now, "y"));
  pass_a_timeout_heard_by_two(s);
  EXPECT_EQ(s.role(), Role::Leader);
  EXPECT_TRUE(s.voter.propose(s.now, "y"));
  EXPECT_GT(s.voter.lease_end(), s.now) << "nobody was told to campaign";
}

TEST(Transfer, ThatIsGivenUpAfterItsOrderLeavesNoLeaderWithoutALease) {
  Subject s;
  s.lead_in_step();
  s.voter.transfer(s.now, kThree);
  s.settle();
  pass_a_timeout_heard_by_two(s);
  EXPECT_EQ(s.role(), Role::Follower);
  EXPECT_EQ(s.voter.term(), 1U);
  s.lead();
  s.receive(acknowledge(kTwo, 2, 2));
  Message echo = message(MessageType::HeartbeatResponse, kTwo, 2);
  echo.sent_at = s.now;
  s.receive(echo);
  EXPECT_GT(s.voter.lease_end(), s.now);
}

TEST(Transfer, TargetCampaignsWithoutAskingFirst) {
  Subject s;
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  const auto sent = s.receive(message(MessageType::TimeoutNow, kTwo, 1));
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent[0].type, MessageType::Vote);
  EXPECT_EQ(sent[0].term, 2U);
  EXPECT_TRUE(sent[0].by_transfer);
}

TEST(Transfer, FollowerForwardsTheRequest) {
  Subject s;
  s.receive(message(MessageType::Heartbeat, kTwo, 1));
  s.voter.transfer(s.now, kThree);
  const auto sent = s.settle();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].type, MessageType::Transfer);
  EXPECT_EQ(sent[0].to, kTwo);
  EXPECT_EQ(sent[0].target, kThree);
}

TEST(WriteLease, BeginsWithTheCommitOfTheFirstEntry) {
  Subject s;
  s.lead();
  EXPECT_EQ(s.voter.lease_end(), Instant::min());
  Message acknowledged = acknowledge(kTwo, 1, 1);
  acknowledged.sent_at = s.now;
  s.receive(acknowledged);
  EXPECT_EQ(s.voter.lease_end(), s.now + write_lease(test_options()));
  EXPECT_EQ(write_lease(test_options()), Duration(818181818));
}

TEST(WriteLease, LastsFromTheSendingTimeOfWhatAMajorityAnswered) {
  Subject s(test_options(), {}, 5);
  s.lead_in_step();
  const Instant sent = s.now + Duration(5);
  s.now += kBeat;
  for (const VoterId id : {kTwo, kThree}) {
    Message echo = message(MessageType::HeartbeatResponse, id, 1);
    echo.sent_at = sent;
    s.receive(echo);
    const bool is_majority = id == kThree;
    EXPECT_EQ(s.voter.lease_end() == sent + write_lease(test_options()), is_majority);
  }
}

TEST(WriteLease, IgnoresEchoesFromTheFuture) {
  Subject s;
  s.lead_in_step();
  const Instant before = s.voter.lease_end();
  Message forged = message(MessageType::HeartbeatResponse, kTwo, 1);
  forged.sent_at = s.now + Duration(1);
  s.receive(forged);
  EXPECT_EQ(s.voter.lease_end(), before);
}

TEST(WriteLease, EndsForTheTermWhenATransferIsOrdered) {
  Subject s;
  s.lead_in_step();
  s.voter.transfer(s.now, kThree);
  EXPECT_EQ(s.voter.lease_end(), Instant::min());
}

TEST(WriteLease, OfAGroupOfOneNeverEnds) {
  Subject s(test_options(), {}, 1);
  EXPECT_EQ(s.voter.next_deadline(), s.now) << "nobody to wait for";
  s.pass(Duration::zero());
  EXPECT_EQ(s.role(), Role::Leader);
  EXPECT_EQ(s.voter.lease_end(), kNever);
}

}  // namespace
}  // namespace syncer::raft
