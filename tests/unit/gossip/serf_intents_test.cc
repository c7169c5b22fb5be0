// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/wire/gossip/serf.h"
#include "tests/unit/gossip/serf_listener.h"

namespace syncer::gossip {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(LeaveIntent, AboutARunningMemberIsTakenBackByANewerJoinIntent) {
  SerfListener agent;
  agent.tell_leave(41, "member");
  EXPECT_EQ(agent.joins_within(milliseconds(900)), std::set<std::uint64_t>{42});
}

TEST(LeaveIntent, AboutSomebodyElseIsNoAffairOfOurs) {
  SerfListener agent;
  agent.tell_leave(41, "agent");
  EXPECT_TRUE(agent.joins_within(seconds(2)).empty());
}

TEST(LeaveIntent, FromBeforeOurNewestIntentIsOverruledAlready) {
  SerfListener agent;
  agent.tell_leave(41, "member");
  EXPECT_EQ(agent.joins_within(seconds(2)), std::set<std::uint64_t>{42});
  for (const std::uint64_t clock : {41U, 40U, 1U}) agent.tell_leave(clock, "member");
  EXPECT_TRUE(agent.joins_within(seconds(2)).empty());
}

TEST(LeaveIntent, FromTooFarAheadIsNotBelieved) {
  SerfListener agent;
  agent.tell_leave(std::uint64_t{1} << 40U, "member");
  EXPECT_TRUE(agent.joins_within(seconds(2)).empty());
}

TEST(LeaveIntent, HoweverOftenIsTakenBackOnceASecondAndAtLast) {
  SerfListener agent;
  std::set<std::uint64_t> joins;
  for (std::uint64_t clock = 10; clock < 1000; clock += 10) {
    agent.tell_leave(clock, "member");
    joins.merge(agent.joins_within(milliseconds(20)));
    EXPECT_LE(agent.gossip().swim().queue().size(), 3U);  // two members and one intent
  }
  joins.merge(agent.joins_within(seconds(2)));
  EXPECT_GE(joins.size(), 2U);
  EXPECT_LE(joins.size(), 4U);
  EXPECT_GT(*joins.rbegin(), 990U);
}

TEST(LeaveIntent, OfOursIsNotTakenBack) {
  SerfListener agent;
  agent.gossip().leave(agent.network().now());
  agent.tell_leave(41, "member");
  EXPECT_TRUE(agent.joins_within(seconds(2)).empty());
}

TEST(LeaveIntent, SaysItsNodeAndNothingElseIsOne) {
  const Bytes leave = wire::gossip::encode_leave_intent(7, "east");
  const auto read = wire::gossip::read_leave_intent(leave);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->clock, 7U);
  EXPECT_EQ(read->node, "east");
  EXPECT_FALSE(wire::gossip::read_leave_intent(wire::gossip::encode_join_intent(7, "east")));
  for (std::size_t cut = 0; cut < leave.size(); ++cut) {
    EXPECT_FALSE(wire::gossip::read_leave_intent(ByteView(leave).substr(0, cut))) << cut;
  }
}

TEST(JoinIntent, FollowsAJoinOfAPoolThatHasSeenIntents) {
  SerfListener agent;
  agent.tell_leave(41, "somebody");
  TestNetwork::Host& newcomer = agent.network().add("newcomer", 2);
  newcomer.gossip().set_seeds(agent.network().now(), {TestNetwork::gossip_address(1)});
  const auto wrote_intent = [&] { return newcomer.gossip().swim().queue().holds("\x01intent"); };
  EXPECT_TRUE(agent.network().run_until(wrote_intent, seconds(5)));
}

TEST(JoinIntent, IsNotNeededWhereNobodyEverWroteAnIntent) {
  SerfListener agent;
  TestNetwork::Host& newcomer = agent.network().add("newcomer", 2);
  newcomer.gossip().set_seeds(agent.network().now(), {TestNetwork::gossip_address(1)});
  const auto wrote_intent = [&] { return newcomer.gossip().swim().queue().holds("\x01intent"); };
  EXPECT_FALSE(agent.network().run_until(wrote_intent, seconds(5)));
  EXPECT_EQ(newcomer.sees("member"), "alive");
}

}  // namespace
}  // namespace syncer::gossip
