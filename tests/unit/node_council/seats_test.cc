// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/node_council/council_net.h"

namespace syncer::node {
namespace {

using namespace std::chrono_literals;

/// Three voters of which one has lost its disk and runs again.
class CouncilSeats : public testing::Test {
 protected:
  CouncilSeats() {
    net.found({"a", "b", "c"});
    leader = net.writer();
    lost = leader == "a" ? "b" : "a";
    other = leader == "c" ? "b" : "c";
    net.kill(lost, true);
    EXPECT_TRUE(net.start(lost));
    net.gossip();
    net.run(1s);
  }
  ~CouncilSeats() override {
    EXPECT_LE(net.most_writers(), 1U);
    EXPECT_FALSE(net.went_back());
  }
  std::string refusal(const std::string& asked, const std::string& node) {
    const auto outcome = net.council(asked).replace(net.now(), node);
    return outcome ? "" : outcome.error().detail;
  }
  CouncilNet net;
  std::string leader;
  std::string lost;
  std::string other;
};

TEST_F(CouncilSeats, AreGivenToANewDiskWhichThenVotes) {
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(2s);
  ASSERT_NE(net.council(lost).raft(), nullptr) << net.council(lost).pending().front();
  EXPECT_EQ(net.council(lost).leader(), leader);
  net.kill(leader);
  net.run(5s);
  EXPECT_NE(net.writer(), "") << "the new disk is the second of the two that are left";
}

TEST_F(CouncilSeats, OfANewDiskHoldTheWholeLog) {
  net.council(leader).outbid(net.now(), Epoch{3, 99});
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(2s);
  const auto commit = [&](const std::string& name) { return net.council(name).raft()->voter().log().commit(); };
  EXPECT_EQ(commit(lost), commit(leader));
  net.kill(other);
  net.council(leader).resign(net.now());
  net.run(3s);
  ASSERT_EQ(net.writer(), lost);
  EXPECT_EQ(net.council(lost).reign()->generation, 4U);
}

TEST_F(CouncilSeats, AreTakenOnlyWhenEveryOtherVoterHasWrittenItDown) {
  net.slow_disk(other, 1500ms);  // two writes until the entry is committed, another until its list is written down
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(4s);
  EXPECT_EQ(net.council(lost).raft(), nullptr);
  net.slow_disk(other, 1ms);
  net.run(5s);
  EXPECT_NE(net.council(lost).raft(), nullptr);
}

TEST_F(CouncilSeats, BeginInATermInWhichTheLostVoteCannotHaveBeenCast) {
  EXPECT_EQ(refusal(leader, lost), "");
  for (int i = 0; i < 3000 && net.council(lost).raft() == nullptr; ++i) net.run(1ms);
  ASSERT_NE(net.council(lost).raft(), nullptr);
  const election::HardState state = net.council(lost).raft()->voter().hard_state();
  EXPECT_GE(state.term, net.council(leader).term());
  EXPECT_NE(state.vote, election::kNobody) << "no vote is left in that term";
}

TEST_F(CouncilSeats, SurviveARestartOfEverybody) {
  EXPECT_EQ(refusal(leader, lost), "");
  net.run(2s);
  for (const char* name : {"a", "b", "c"}) net.kill(name);
  net.found({"a", "b", "c"});
  EXPECT_NE(net.writer(), "");
  for (const char* name : {"a", "b", "c"}) EXPECT_EQ(net.council(name).leader(), net.writer()) << name;
}

TEST_F(CouncilSeats, CanBeGivenAgainWhenTheNewDiskIsLostToo) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(refusal(net.writer(), lost), "");
    net.run(2s);
    EXPECT_NE(net.council(lost).raft(), nullptr);
    net.kill(lost, true);
    net.run(1s);
    ASSERT_TRUE(net.start(lost));
    net.gossip();
    net.run(1s);
  }
}

TEST_F(CouncilSeats, AreNotGivenWithoutEveryOtherVoter) {
  net.kill(leader);
  net.run(3s);
  EXPECT_NE(refusal(other, lost).find("a majority of its voters must be there"), std::string::npos);
  EXPECT_EQ(net.council(lost).raft(), nullptr);
  ASSERT_TRUE(net.start(leader));
  net.run(3s);
  EXPECT_EQ(refusal(net.writer(), lost), "");
}

TEST_F(CouncilSeats, AreNotGivenWhileTheirDiskIsThere) {
  EXPECT_NE(refusal(leader, other).find("nothing to replace"), std::string::npos);
  EXPECT_NE(refusal(leader, leader).find("nothing to replace"), std::string::npos);
}

TEST_F(CouncilSeats, AreNotGivenToNobody) {
  net.kill(lost);
  net.run(1s);
  EXPECT_NE(refusal(leader, lost).find("start it with its new, empty data folder first"), std::string::npos);
}

TEST_F(CouncilSeats, AreGivenByTheLeaderAlone) {
  EXPECT_EQ(refusal(other, lost), "only the leader can do that: ask syncer \"" + leader + "\"");
  EXPECT_NE(refusal(lost, lost).find("syncer cluster replace " + lost), std::string::npos);
}

TEST_F(CouncilSeats, AreGivenToNamesOnTheListAlone) {
  const auto outcome = net.council(leader).replace(net.now(), "d");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, ErrorCode::NotFound);
  EXPECT_NE(outcome.error().detail.find("its voters are a, b, c"), std::string::npos);
}

TEST_F(CouncilSeats, DoNotComeBackWithTheirFormerDisk) {
  CouncilNet fresh;
  fresh.found({"a", "b", "c"});
  const std::string head = fresh.writer();
  const std::string gone = head == "a" ? "b" : "a";
  fresh.kill(gone);
  const auto former = fresh.disk(gone);
  fresh.disk(gone).clear();
  ASSERT_TRUE(fresh.start(gone));
  fresh.gossip();
  fresh.run(1s);
  ASSERT_TRUE(fresh.council(head).replace(fresh.now(), gone));
  fresh.run(2s);
  fresh.kill(gone);
  fresh.disk(gone) = former;
  ASSERT_TRUE(fresh.start(gone));
  fresh.run(1s);
  EXPECT_NE(fresh.council(gone).fatal().find("was given to another disk"), std::string::npos);
  EXPECT_EQ(fresh.writer(), head);
}

TEST_F(CouncilSeats, RaiseTheGenerationAtAnOperatorsWord) {
  const std::uint64_t before = net.council(leader).reign()->generation;
  EXPECT_FALSE(net.council(other).raise_generation(net.now()));
  ASSERT_TRUE(net.council(leader).raise_generation(net.now()));
  net.run(100ms);
  EXPECT_EQ(net.council(leader).reign()->generation, before + 1);
}

TEST(CouncilOfFive, GivesOneSeatAfterTheOtherWhenTwoDisksAreLost) {
  const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
  CouncilNet net(5);
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
  ASSERT_TRUE(net.council(leader).replace(net.now(), lost[0]));
  for (int i = 0; i < 3000 && net.council(lost[0]).raft() == nullptr; ++i) {
    EXPECT_FALSE(net.council(leader).replace(net.now(), lost[1])) << i << " ms later";
    net.run(1ms);
  }
  net.run(1s);
  ASSERT_TRUE(net.council(leader).replace(net.now(), lost[1]));
  net.run(2s);
  for (const std::string& name : lost) EXPECT_NE(net.council(name).raft(), nullptr) << name;
}

/// The store of the group is written, the charter that says so is not: the process dies in between.
TEST(CouncilProposal, IsForgottenEvenByWhoHadBegunToFoundTheGroup) {
  CouncilNet net;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.gossip();
  for (int i = 0; i < 1000 && net.disk("a").count("raft.identity") == 0; ++i) net.run(1ms);
  ASSERT_EQ(net.disk("a").count("raft.identity"), 1U);
  ASSERT_EQ(net.council("a").charter().stage, wire::SeatStage::Proposed);
  net.kill("a");
  net.kill("b", true);
  net.kill("c", true);
  ASSERT_TRUE(net.start("a"));
  ASSERT_TRUE(net.council("a").forget_proposal(net.now()));
  net.run(100ms);
  net.found({"b", "c"});
  EXPECT_EQ(net.council("a").fatal(), "");
  EXPECT_NE(net.writer(), "");
  net.kill("a");
  ASSERT_TRUE(net.start("a"));
  net.run(5s);
  EXPECT_EQ(net.council("a").leader(), net.writer());
}

TEST(CouncilProposal, IsForgottenAtAnOperatorsWord) {
  CouncilNet net;
  for (const char* name : {"a", "b", "c"}) ASSERT_TRUE(net.start(name));
  net.run(100ms);
  net.slow_disk("c", 1h);  // never proposes
  net.gossip();
  net.run(2s);
  net.kill("c", true);
  ASSERT_TRUE(net.start("c"));
  net.gossip();
  net.run(2s);
  EXPECT_NE(net.council("a").pending().front().find("never will (say \"syncer cluster forget-proposal\""),
            std::string::npos)
      << net.council("a").pending().front();
  EXPECT_FALSE(net.council("c").forget_proposal(net.now())) << "it is bound to nothing";
  ASSERT_TRUE(net.council("a").forget_proposal(net.now()));
  net.run(2s);
  EXPECT_EQ(net.writer(), "") << "b is bound to the old list still";
  EXPECT_NE(net.council("a").pending().front().find("\"b\" is bound to another list"), std::string::npos);
  ASSERT_TRUE(net.council("b").forget_proposal(net.now()));
  net.run(5s);
  EXPECT_NE(net.writer(), "");
  EXPECT_FALSE(net.council("a").forget_proposal(net.now())) << "the group exists";
}

/// Whatever dies, loses its disk, is cut off and replaced in whatever order: never two writers, never an epoch back.
TEST(CouncilChaos, NeverHasTwoWritersOrGoesBack) {
  const std::vector<std::string> names = {"a", "b", "c"};
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CouncilNet net;
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
        if (what == 8) static_cast<void>(net.council(head).raise_generation(net.now()));
        if (what == 9 && !wiped.empty()) replaced += net.council(head).replace(net.now(), wiped) ? 1U : 0U;
      }
      net.run(Duration(static_cast<std::int64_t>(random.below(2000)) * 1'000'000));
      if (!wiped.empty() && net.runs(wiped) && net.council(wiped).raft() != nullptr) wiped.clear();
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
}  // namespace syncer::node
