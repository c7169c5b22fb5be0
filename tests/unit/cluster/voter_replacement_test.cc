// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/cluster/cluster_net.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

/// Three voters of which one has lost its disk and runs again.
class VoterSlots : public testing::Test {
 protected:
  VoterSlots() {
    net.found({"a", "b", "c"});
    leader = net.writer();
    lost = leader == "a" ? "b" : "a";
    other = leader == "c" ? "b" : "c";
    net.kill(lost, true);
    EXPECT_TRUE(net.start(lost));
    net.gossip();
    net.run(1s);
  }
  ~VoterSlots() override {
    EXPECT_LE(net.most_writers(), 1U);
    EXPECT_FALSE(net.went_back());
  }
  std::string refusal(const std::string& asked, const std::string& node) {
    const auto outcome = net.cluster(asked).replace(net.now(), node);
    return outcome ? "" : outcome.error().detail;
  }
  ClusterNet net;
  std::string leader;
  std::string lost;
  std::string other;
};

TEST_F(VoterSlots, AreGivenToANewDiskWhichThenVotes) {
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(2s);
  ASSERT_NE(net.cluster(lost).raft_node(), nullptr) << net.cluster(lost).pending().front();
  EXPECT_EQ(net.cluster(lost).leader(), leader);
  net.kill(leader);
  net.run(5s);
  EXPECT_NE(net.writer(), "") << "the new disk is the second of the two that are left";
}

TEST_F(VoterSlots, OfANewDiskHoldTheWholeLog) {
  net.cluster(leader).outbid(net.now(), Epoch{3, 99});
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(2s);
  const auto commit = [&](const std::string& name) { return net.cluster(name).raft_node()->raft().log().commit(); };
  EXPECT_EQ(commit(lost), commit(leader));
  net.kill(other);
  net.cluster(leader).resign(net.now());
  net.run(3s);
  ASSERT_EQ(net.writer(), lost);
  EXPECT_EQ(net.cluster(lost).writer_epoch()->generation, 4U);
}

TEST_F(VoterSlots, AreTakenOnlyWhenEveryOtherVoterHasWrittenItDown) {
  net.slow_disk(other, 1500ms);  // two writes until the entry is committed, another until its list is written down
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(4s);
  EXPECT_EQ(net.cluster(lost).raft_node(), nullptr);
  net.slow_disk(other, 1ms);
  net.run(5s);
  EXPECT_NE(net.cluster(lost).raft_node(), nullptr);
}

TEST_F(VoterSlots, BeginInATermInWhichTheLostVoteCannotHaveBeenCast) {
  EXPECT_EQ(refusal(leader, lost), "");
  for (int i = 0; i < 3000 && net.cluster(lost).raft_node() == nullptr; ++i) net.run(1ms);
  ASSERT_NE(net.cluster(lost).raft_node(), nullptr);
  const raft::HardState state = net.cluster(lost).raft_node()->raft().hard_state();
  EXPECT_GE(state.term, net.cluster(leader).term());
  EXPECT_NE(state.vote, raft::kNobody) << "no vote is left in that term";
}

TEST_F(VoterSlots, SurviveARestartOfEverybody) {
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(2s);
  for (const char* name : {"a", "b", "c"}) net.kill(name);
  net.found({"a", "b", "c"});
  EXPECT_NE(net.writer(), "");
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.cluster(name).leader(), net.writer()) << name;
}

TEST_F(VoterSlots, CanBeGivenAgainWhenTheNewDiskIsLostToo) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(refusal(net.writer(), lost), "");
    net.run(2s);
    EXPECT_NE(net.cluster(lost).raft_node(), nullptr);
    net.kill(lost, true);
    net.run(1s);
    ASSERT_TRUE(net.start(lost));
    net.gossip();
    net.run(1s);
  }
}

TEST_F(VoterSlots, AreNotGivenWithoutEveryOtherVoter) {
  net.kill(leader);
  net.run(3s);
  EXPECT_NE(refusal(other, lost).find("a majority of its voters must be there"), std::string::npos);
  EXPECT_EQ(net.cluster(lost).raft_node(), nullptr);
  ASSERT_TRUE(net.start(leader));
  net.run(3s);
  EXPECT_EQ(refusal(net.writer(), lost), "");
}

TEST_F(VoterSlots, AreNotGivenWhileTheirDiskIsThere) {
  EXPECT_NE(refusal(leader, other).find("nothing to replace"), std::string::npos);
  EXPECT_NE(refusal(leader, leader).find("nothing to replace"), std::string::npos);
}

TEST_F(VoterSlots, AreNotGivenToNobody) {
  net.kill(lost);
  net.run(1s);
  EXPECT_NE(refusal(leader, lost).find("start it with its new, empty data folder first"), std::string::npos);
}

TEST_F(VoterSlots, AreGivenByTheLeaderAlone) {
  EXPECT_EQ(refusal(other, lost), "only the leader can do that: ask syncer \"" + leader + "\"");
  EXPECT_NE(refusal(lost, lost).find("syncer cluster replace " + lost), std::string::npos);
}

TEST_F(VoterSlots, AreGivenToNamesOnTheListAlone) {
  const auto outcome = net.cluster(leader).replace(net.now(), "d");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::NotFound);
  EXPECT_NE(outcome.error().detail.find("its voters are a, b, c"), std::string::npos);
}

TEST_F(VoterSlots, DoNotComeBackWithTheirFormerDisk) {
  ClusterNet fresh;
  fresh.found({"a", "b", "c"});
  const std::string head = fresh.writer();
  const std::string gone = head == "a" ? "b" : "a";
  fresh.kill(gone);
  const auto former = fresh.disk(gone);
  fresh.disk(gone).clear();
  ASSERT_TRUE(fresh.start(gone));
  fresh.gossip();
  fresh.run(1s);
  ASSERT_TRUE(fresh.cluster(head).replace(fresh.now(), gone));
  fresh.run(2s);
  fresh.kill(gone);
  fresh.disk(gone) = former;
  ASSERT_TRUE(fresh.start(gone));
  fresh.run(1s);
  ASSERT_EQ(fresh.cluster(gone).pending().size(), 1U);
  EXPECT_NE(fresh.cluster(gone).pending().front().find("was given to another disk"), std::string::npos);
  EXPECT_EQ(fresh.cluster(gone).fatal(), "");
  EXPECT_EQ(fresh.writer(), head);
  fresh.kill(gone);
  ASSERT_TRUE(fresh.start(gone));
  fresh.run(1s);
  ASSERT_EQ(fresh.cluster(gone).pending().size(), 1U) << "and says so at every start";
  EXPECT_NE(fresh.cluster(gone).pending().front().find("was given to another disk"), std::string::npos);
  EXPECT_EQ(fresh.cluster(gone).fatal(), "");
  EXPECT_EQ(fresh.writer(), head);
}

/// Whatever brought that list to its disk.
TEST_F(VoterSlots, OfAListWithoutThisDiskAreNoneOfItsOwn) {
  const Bytes good = net.stored(other, "cluster.voters");
  for (const bool name_too : {false, true}) {
    net.kill(other);
    VoterSet foreign = decode_voter_set(good).value();
    for (wire::VoterSlot& slot : foreign.slots) {
      if (slot.node == other) slot = {(name_too ? "x" : "") + slot.node, 99, slot.address};
    }
    net.stored(other, "cluster.voters") = encode(foreign);
    ASSERT_TRUE(net.start(other));
    net.run(1s);
    EXPECT_EQ(net.cluster(other).fatal(), "");
    EXPECT_EQ(net.cluster(other).raft_node(), nullptr);
    ASSERT_FALSE(net.cluster(other).pending().empty());
    const std::string why = name_too ? "does not contain it" : "was given to another disk";
    EXPECT_NE(net.cluster(other).pending().front().find(why), std::string::npos)
        << net.cluster(other).pending().front();
    for (const auto& voter : net.cluster(other).status(net.now()).voters) {
      if (voter.name == other) EXPECT_EQ(voter.state, "disk lost");
    }
  }
}

TEST_F(VoterSlots, RaiseTheGenerationOnRequestOfAnOperator) {
  const std::uint64_t before = net.cluster(leader).writer_epoch()->generation;
  EXPECT_FALSE(net.cluster(other).raise_generation(net.now()));
  ASSERT_TRUE(net.cluster(leader).raise_generation(net.now()));
  net.run(100ms);
  EXPECT_EQ(net.cluster(leader).writer_epoch()->generation, before + 1);
}

TEST(ClusterOfFive, GivesOneSlotAfterTheOtherWhenTwoDisksAreLost) {
  const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
  ClusterNet net(5);
  net.found(names);
  const std::string leader = net.writer();
  ASSERT_NE(leader, "");
  std::vector<std::string> lost = names;
  std::erase(lost, leader);
  lost.resize(2);
  for (const std::string& name : lost) {
    net.kill(name, true);
    ASSERT_TRUE(net.start(name));
  }
  net.gossip();
  net.run(1s);
  ASSERT_TRUE(net.cluster(leader).replace(net.now(), lost[0]));
  for (int i = 0; i < 3000 && net.cluster(lost[0]).raft_node() == nullptr; ++i) {
    EXPECT_FALSE(net.cluster(leader).replace(net.now(), lost[1])) << i << " ms later";
    net.run(1ms);
  }
  net.run(1s);
  ASSERT_TRUE(net.cluster(leader).replace(net.now(), lost[1]));
  net.run(2s);
  for (const std::string& name : lost) EXPECT_NE(net.cluster(name).raft_node(), nullptr) << name;
}

/// The voter's store is written, the voter set that says so is not: the process dies in between.
TEST(ClusterProposal, IsForgottenEvenByWhoHadBegunToFoundTheGroup) {
  ClusterNet net;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.gossip();
  for (int i = 0; i < 1000 && net.disk("a").count("raft.identity") == 0; ++i) net.run(1ms);
  ASSERT_EQ(net.disk("a").count("raft.identity"), 1U);
  ASSERT_EQ(net.cluster("a").voters().stage, wire::VoterStage::Proposed);
  net.kill("a");
  net.kill("b", true);
  net.kill("c", true);
  ASSERT_TRUE(net.start("a"));
  ASSERT_TRUE(net.cluster("a").forget_proposal(net.now()));
  net.run(100ms);
  net.found({"b", "c"});
  EXPECT_EQ(net.cluster("a").fatal(), "");
  EXPECT_NE(net.writer(), "");
  net.kill("a");
  ASSERT_TRUE(net.start("a"));
  net.run(5s);
  EXPECT_EQ(net.cluster("a").leader(), net.writer());
}

TEST(ClusterProposal, IsForgottenOnRequestOfAnOperator) {
  ClusterNet net;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.run(100ms);
  net.slow_disk("c", 1h);  // never proposes
  net.gossip();
  net.run(2s);
  net.kill("c", true);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  EXPECT_NE(net.cluster("a").pending().front().find("never will (run \"syncer cluster forget-proposal\""),
            std::string::npos)
      << net.cluster("a").pending().front();
  EXPECT_FALSE(net.cluster("c").forget_proposal(net.now())) << "it is bound to nothing";
  ASSERT_TRUE(net.cluster("a").forget_proposal(net.now()));
  net.run(2s);
  EXPECT_EQ(net.writer(), "") << "b is bound to the old list still";
  EXPECT_NE(net.cluster("a").pending().front().find("\"b\" is bound to another list"), std::string::npos);
  ASSERT_TRUE(net.cluster("b").forget_proposal(net.now()));
  net.run(5s);
  EXPECT_NE(net.writer(), "");
  EXPECT_FALSE(net.cluster("a").forget_proposal(net.now())) << "the group exists";
}

/// Syncers die, lose disks, are cut off and replaced in any order: never two writers, never an epoch back.
TEST(ClusterChaos, NeverHasTwoWritersOrGoesBack) {
  const std::vector<std::string> names = {"a", "b", "c"};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    ClusterNet net;
    net.found(names);
    Random random(seed);
    std::size_t replaced = 0;
    std::string wiped;
    for (int step = 0; step < 60; ++step) {
      const std::string one = names[random.below(3)];
      const std::string two = names[random.below(3)];
      const std::uint64_t what = random.below(10);
      if (what < 2 && net.runs(one)) {
        // Two disks lost at once are beyond what three voters survive.
        const bool wipe = what == 0 && (wiped.empty() || wiped == one);
        net.kill(one, wipe);
        if (wipe) wiped = one;
      } else if (what < 6 && !net.runs(one)) {
        ASSERT_TRUE(net.start(one));
        net.gossip();
      } else if (what == 6 && one != two) {
        net.cut(one, two);
      } else if (what == 7) {
        net.heal();
      } else if (const std::string head = net.writer(); !head.empty()) {
        if (what == 8) static_cast<void>(net.cluster(head).raise_generation(net.now()));
        if (what == 9 && !wiped.empty()) replaced += net.cluster(head).replace(net.now(), wiped) ? 1U : 0U;
      }
      net.run(Duration(static_cast<std::int64_t>(random.below(2000)) * 1'000'000));
      if (!wiped.empty() && net.runs(wiped) && net.cluster(wiped).raft_node() != nullptr) wiped.clear();
    }
    ASSERT_LE(net.most_writers(), 1U) << "seed " << seed;
    ASSERT_FALSE(net.went_back()) << "seed " << seed;
    net.heal();
    for (const std::string& name : names) {
      if (net.runs(name)) continue;
      ASSERT_TRUE(net.start(name));
    }
    net.gossip();
    net.run(5s);
    EXPECT_NE(net.writer(), "") << "seed " << seed << ", " << replaced << " replaced";
  }
}

}  // namespace
}  // namespace syncer::cluster
