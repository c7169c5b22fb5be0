// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/wire/gossip/message.h"
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

/// Three members of which one was lost.
class ForcedLeave : public testing::Test {
 protected:
  ForcedLeave() {
    for (const char* name : {"b", "c"}) {
      net_.add(name, static_cast<std::uint8_t>(name[0] - 'a' + 1))
          .gossip()
          .set_seeds(net_.now(), {TestNetwork::gossip_address(1)});
    }
    EXPECT_TRUE(
        net_.run_until([&] { return a_.alive_members() == 3 && net_.host("b").alive_members() == 3; }, seconds(10)));
    net_.kill("c");
    EXPECT_TRUE(
        net_.run_until([&] { return a_.sees("c") == "dead" && net_.host("b").sees("c") == "dead"; }, seconds(60)));
  }

  TestNetwork net_;
  TestNetwork::Host& a_ = net_.add("a", 1);
};

TEST_F(ForcedLeave, IsToldToThePool) {
  EXPECT_TRUE(a_.gossip().force_leave(net_.now(), "c"));
  EXPECT_EQ(a_.sees("c"), "left");
  EXPECT_TRUE(net_.run_until([&] { return net_.host("b").sees("c") == "left"; }, seconds(3)));
  EXPECT_EQ(a_.gossip().failed_members(), 0U);
  EXPECT_EQ(net_.host("b").gossip().failed_members(), 1U) << "what is heard may be wrong: it is asked all the same";
  net_.run_for(seconds(60));
  EXPECT_EQ(net_.host("b").sees("c"), "left");
}

TEST_F(ForcedLeave, OfAMemberThatComesBackIsOver) {
  EXPECT_TRUE(a_.gossip().force_leave(net_.now(), "c"));
  net_.run_for(seconds(5));
  net_.add("c", 3).gossip().set_seeds(net_.now(), {TestNetwork::gossip_address(1)});
  EXPECT_TRUE(
      net_.run_until([&] { return a_.sees("c") == "alive" && net_.host("b").sees("c") == "alive"; }, seconds(10)));
}

TEST_F(ForcedLeave, IsBelievedOfNobodyWhoIsThere) {
  const Bytes payload = wire::gossip::encode_leave_intent(5, "b");
  Bytes packet;
  wire::gossip::encode(membership::User{payload}, packet);
  a_.gossip().on_datagram(net_.now(), TestNetwork::gossip_address(9), packet);
  EXPECT_EQ(a_.sees("b"), "alive");
  net_.run_for(seconds(5));
  EXPECT_EQ(a_.sees("b"), "alive");
  EXPECT_FALSE(a_.gossip().force_leave(net_.now(), "b"));
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
