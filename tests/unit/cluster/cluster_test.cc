// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/cluster/cluster_net.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

class ClusterTest : public testing::Test {
 protected:
  ~ClusterTest() override {
    EXPECT_LE(net.most_writers(), 1U);
    EXPECT_FALSE(net.went_back());
  }
  std::string pending(const std::string& name) {
    const auto reasons = net.cluster(name).pending();
    return reasons.empty() ? "" : reasons.front();
  }
  std::string other_than(const std::string& name) { return name == "a" ? "b" : "a"; }
  ClusterNet net;
};

TEST_F(ClusterTest, ThreeThatMeetAgreeOnOneLeader) {
  net.found({"a", "b", "c"});
  const std::string writer = net.writer();
  ASSERT_NE(writer, "");
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(net.cluster(name).leader(), writer);
    EXPECT_EQ(pending(name), "");
  }
}

TEST_F(ClusterTest, TwoOfThreeDoNotBeginWithoutTheThird) {
  net.found({"a", "b"});
  EXPECT_EQ(net.writer(), "");
  EXPECT_EQ(pending("a"), "2 of 3 syncers of region \"east\" are seen");
}

TEST_F(ClusterTest, NothingIsProposedBeforeThereIsAGroup) {
  net.found({"a", "b"});
  Cluster& a = net.cluster("a");
  for (const auto& refused : {a.release_guard(net.now(), "*"), a.forget_region(net.now(), "west"),
                              a.note_guard(net.now(), {}), a.raise_generation(net.now()), a.replace(net.now(), "b")}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Refused);
  }
}

TEST_F(ClusterTest, FourAtOnceDoNotBeginUntilOneIsStopped) {
  net.found({"a", "b", "c", "d"});
  EXPECT_EQ(net.writer(), "");
  EXPECT_NE(pending("a").find("stop those that are too many"), std::string::npos) << pending("a");
  net.kill("d");
  net.gossip();
  net.run(5s);
  EXPECT_NE(net.writer(), "");
}

TEST_F(ClusterTest, AFourthHasNoVoteAndNamesTheSyncersOfTheRegion) {
  net.found({"a", "b", "c"});
  ASSERT_TRUE(net.start("d"));
  net.gossip();
  net.run(2s);
  EXPECT_NE(pending("d").find("is served by the syncers a, b, c; \"d\" is one too many"), std::string::npos)
      << pending("d");
  EXPECT_EQ(net.cluster("d").fatal(), "");
  EXPECT_NE(net.writer(), "");
}

TEST_F(ClusterTest, ALieAboutTheListOfVotersIsHearsay) {
  net.found({"a", "b"});
  wire::ClusterHello lie{"east", "liar", 7, wire::VoterStage::Voting, {}, 99, 5, 1};
  for (const char* name : {"liar", "x", "y"}) lie.slots.push_back({name, 7, Endpoint::v4(10, 0, 9, 9, 1)});
  const LinkId link = net.intrude("a", Endpoint::v4(10, 0, 9, 9, 1),
                                  wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(lie));
  net.run(1s);
  EXPECT_TRUE(net.cluster("a").owns(link));
  EXPECT_EQ(pending("a"), "2 of 3 syncers of region \"east\" are seen");
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(5s);
  EXPECT_NE(net.writer(), "");
}

/// Voter a is fresh; a stranger offers it the slot of a group that he made up, in which two agree with him.
class MadeUpGroup : public ClusterTest {
 protected:
  void offer(const std::vector<std::string>& others, const std::vector<Endpoint>& from) {
    ASSERT_TRUE(net.start("a"));
    net.run(100ms);
    wire::ClusterHello lie{"east", "", 7, wire::VoterStage::Voting, {}, 99, 0, 1};
    lie.slots.push_back({"a", net.cluster("a").voters().disk, Endpoint::v4(10, 0, 0, 'a', 30192)});
    for (const std::string& name : others) lie.slots.push_back({name, 7, from.front()});
    for (std::size_t i = 0; i < others.size(); ++i) {
      lie.node = others[i];
      net.intrude("a", from.at(i % from.size()), wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(lie));
    }
    net.run(2s);
  }
  void expect_it_founds_its_own() {
    net.run(12s);
    net.found({"b", "c"});
    net.gossip();
    net.run(5s);
    EXPECT_NE(net.writer(), "");
    EXPECT_EQ(net.cluster("a").leader(), net.writer());
  }
};

TEST_F(MadeUpGroup, OfOneHostIsNoMajority) {
  offer({"x1", "x2"}, {Endpoint::v4(10, 0, 9, 9, 1)});
  EXPECT_EQ(net.cluster("a").voters().stage, wire::VoterStage::Fresh);
  expect_it_founds_its_own();
}

TEST_F(MadeUpGroup, OfAnotherSizeIsNotJoined) {
  offer({"x1", "x2", "x3", "x4"}, {Endpoint::v4(10, 0, 9, 9, 1), Endpoint::v4(10, 0, 9, 8, 1),
                                   Endpoint::v4(10, 0, 9, 7, 1), Endpoint::v4(10, 0, 9, 6, 1)});
  EXPECT_EQ(net.cluster("a").voters().stage, wire::VoterStage::Fresh);
  EXPECT_NE(pending("a").find("cluster.voters is 3"), std::string::npos) << pending("a");
  expect_it_founds_its_own();
}

TEST_F(MadeUpGroup, IsForgottenOnRequestWhileNothingCameOfIt) {
  offer({"x1", "x2"}, {Endpoint::v4(10, 0, 9, 9, 1), Endpoint::v4(10, 0, 9, 8, 1)});
  ASSERT_EQ(net.cluster("a").voters().stage, wire::VoterStage::Voting) << "what one host says is no group, two may be";
  const std::uint64_t disk = net.cluster("a").voters().disk;
  net.run(12s);
  ASSERT_TRUE(net.cluster("a").forget_proposal(net.now()));
  net.run(1s);
  EXPECT_EQ(net.cluster("a").voters().stage, wire::VoterStage::Fresh);
  EXPECT_NE(net.cluster("a").voters().disk, disk);
  EXPECT_EQ(net.cluster("a").raft_node(), nullptr);
  expect_it_founds_its_own();
  EXPECT_FALSE(net.cluster("a").forget_proposal(net.now())) << "it votes, and has promised";
}

TEST_F(ClusterTest, ALaterListOfThisGroupWithOtherVotersIsNoneOfIts) {
  net.found({"a", "b", "c"});
  const VoterSet& voters = net.cluster("a").voters();
  wire::ClusterHello lie{"east", "", 7, wire::VoterStage::Voting, {}, voters.group, 1000, 1};
  const Endpoint first = Endpoint::v4(10, 0, 9, 9, 1);
  lie.slots = {{"a", 99, first}, {"xa", 7, first}, {"xb", 7, first}};
  for (const char* name : {"xa", "xb"}) {
    lie.node = name;
    net.intrude("a", Endpoint::v4(10, 0, 9, static_cast<std::uint8_t>(name[1]), 1),
                wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(lie));
  }
  EXPECT_EQ(pending("a"), "");
}

TEST_F(ClusterTest, WhatIsRefusedIsCountedByItsReason) {
  net.found({"a", "b", "c"});
  const Endpoint stranger = Endpoint::v4(10, 0, 9, 9, 1);
  net.intrude("a", stranger, "no protocol of ours at all");
  net.intrude("a", stranger, wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(wire::Pulse{true}));
  net.intrude("a", stranger, wire::preamble(wire::kClusterProtocol));
  for (int i = 0; i < 9; ++i) net.intrude("b", stranger, "");
  net.run(6s);
  const std::map<std::string, std::uint64_t> of_a = {{"out_of_place", 1}, {"silent", 1}, {"unreadable", 1}};
  EXPECT_EQ(net.cluster("a").refusals().by_name(), of_a);
  const std::map<std::string, std::uint64_t> of_b = {{"silent", 8}, {"strangers", 1}};
  EXPECT_EQ(net.cluster("b").refusals().by_name(), of_b);
  EXPECT_TRUE(net.cluster("c").refusals().by_name().empty());
}

TEST_F(ClusterTest, AVoterThatIsHeardIsNotImpersonated) {
  net.found({"a", "b", "c"});
  const std::string writer = net.writer();
  const auto voters = net.cluster("a").status(net.now()).voters;
  wire::ClusterHello lie{"east", "b", 7, wire::VoterStage::Voting, {}, 99, 5, 1};
  const LinkId link = net.intrude("a", Endpoint::v4(10, 0, 9, 9, 1),
                                  wire::preamble(wire::kClusterProtocol) + wire::encode_cluster(lie));
  EXPECT_FALSE(net.cluster("a").owns(link));
  EXPECT_EQ(net.dropped("a"), "cluster port: another link of that syncer is alive");
  EXPECT_EQ(net.cluster("a").refusals().of(Refusal::Rival), 1U);
  net.run(5s);
  EXPECT_EQ(net.writer(), writer);
  EXPECT_EQ(net.cluster("a").status(net.now()).voters.size(), voters.size());
}

TEST_F(ClusterTest, AVoterComesBackWithItsDiskBeforeGossipKnowsIt) {
  net.found({"a", "b", "c"});
  const std::string old = net.writer();
  net.kill(old);
  net.run(3s);
  EXPECT_NE(net.writer(), "");
  ASSERT_TRUE(net.start(old));
  net.run(3s);
  EXPECT_EQ(net.cluster(old).leader(), net.writer());
}

TEST_F(ClusterTest, VotersThatMovedAreFoundWhereTheirNamesAreClaimed) {
  net.found({"a", "b", "c"});
  for (const char* name : {"a", "b", "c"}) net.kill(name);
  for (const char* name : {"a", "b", "c"}) net.move(name);
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.run(3s);
  EXPECT_EQ(net.writer(), "") << "nobody knows where the others are";
  net.gossip_claims();
  net.run(3s);
  EXPECT_NE(net.writer(), "");
}

TEST_F(ClusterTest, AClaimOfANameDoesNotCutALinkThatWorks) {
  net.found({"a", "b", "c"});
  const std::string writer = net.writer();
  net.cluster(writer).set_members(net.now(), {}, {{other_than(writer), Endpoint::v4(10, 9, 9, 9, 30192)}});
  net.run(5s);
  EXPECT_EQ(net.writer(), writer);
  EXPECT_EQ(net.cluster(other_than(writer)).leader(), writer);
}

TEST_F(ClusterTest, AVoterWhoseDiskWasLostDoesNotVote) {
  net.found({"a", "b", "c"});
  const std::string leader = net.writer();
  const std::string lost = other_than(leader);
  net.kill(lost, true);
  ASSERT_TRUE(net.start(lost));
  net.gossip();
  net.run(3s);
  EXPECT_NE(pending(lost).find("was lost"), std::string::npos) << pending(lost);
  net.kill(leader);
  net.run(10s);
  EXPECT_EQ(net.writer(), "") << "one voter of three was left";
  ASSERT_TRUE(net.start(leader));
  net.run(5s);
  EXPECT_NE(net.writer(), "");
}

TEST_F(ClusterTest, WhoProposedAListIsBoundToIt) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.run(100ms);
  net.slow_disk("c", 1h);  // never proposes
  net.gossip();
  net.run(2s);
  EXPECT_NE(pending("a").find("\"c\" has not agreed"), std::string::npos) << pending("a");
  net.kill("c", true);
  ASSERT_TRUE(net.start("d"));
  net.gossip();
  net.run(5s);
  EXPECT_EQ(net.writer(), "") << "the list with c may live on some disk";
}

TEST_F(ClusterTest, ALateMemberTakesTheSlotThatItsOwnDiskAgreedTo) {
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.gossip();
  net.run(20ms);
  net.kill("c");
  net.run(3s);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(5s);
  EXPECT_NE(net.writer(), "");
  EXPECT_EQ(net.cluster("c").leader(), net.writer());
}

TEST_F(ClusterTest, ALeaderWithoutTheOthersStopsBeforeTheNextBegins) {
  net.found({"a", "b", "c"});
  for (int round = 0; round < 5; ++round) {
    const std::string old = net.writer();
    ASSERT_NE(old, "");
    for (const char* name : {"a", "b", "c"}) net.cut(old, name);
    net.run(3s);
    EXPECT_NE(net.writer(), old);
    EXPECT_FALSE(net.cluster(old).writer_epoch());
    net.heal();
    net.run(5s);
  }
}

TEST_F(ClusterTest, ALeaderThatStopsHandsOverAtOnce) {
  net.found({"a", "b", "c"});
  const std::string old = net.writer();
  net.cluster(old).resign(net.now());
  net.run(100ms);
  EXPECT_TRUE(net.cluster(old).resigned());
  EXPECT_NE(net.writer(), "");
  EXPECT_NE(net.writer(), old);
}

TEST_F(ClusterTest, AnEpochThatOthersKnowIsOutbidAndStaysSo) {
  net.found({"a", "b", "c"});
  const std::string first = net.writer();
  net.cluster(first).outbid(net.now(), Epoch{3, 99});
  net.run(100ms);
  EXPECT_EQ(net.cluster(first).writer_epoch()->generation, 4U);
  net.kill(first);
  net.run(3s);
  EXPECT_EQ(net.cluster(net.writer()).writer_epoch()->generation, 4U);
}

TEST_F(ClusterTest, AnEpochFarAheadIsOutbidStepByStepAndNonsenseIsNot) {
  net.found({"a", "b", "c"});
  const std::string leader = net.writer();
  const std::uint64_t far = 3 * kMaxGenerationStep;
  for (int i = 0; i < 10; ++i) {
    net.cluster(leader).outbid(net.now(), Epoch{far, 1});
    net.run(200ms);
  }
  EXPECT_EQ(net.cluster(leader).writer_epoch()->generation, far + 1);
  for (const std::uint64_t nonsense : {(std::uint64_t{1} << 62U) - 1, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    net.cluster(leader).outbid(net.now(), Epoch{nonsense, 1});
    net.run(200ms);
    EXPECT_EQ(net.cluster(leader).writer_epoch()->generation, far + 1);
  }
}

TEST_F(ClusterTest, DamagedOrMissingStateIsRefusedAndNotGuessed) {
  net.found({"a", "b", "c"});
  net.kill("a");
  const Bytes voters = net.stored("a", "cluster.voters");
  net.stored("a", "cluster.voters")[5] ^= 1;
  const auto damaged = net.start("a");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::Corrupt);
  net.stored("a", "cluster.voters") = voters;
  EXPECT_TRUE(net.start("a"));
}

}  // namespace
}  // namespace syncer::cluster
