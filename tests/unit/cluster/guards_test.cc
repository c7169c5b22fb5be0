// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/cluster/cluster_net.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

class ClusterGuards : public testing::Test {
 protected:
  ClusterGuards() {
    net.found({"a", "b", "c"});
    leader = net.writer();
    follower = leader == "a" ? "b" : "a";
    const GuardMark mark{GuardSide::Receiver, "west", true, net.now() + 90s, 30};
    EXPECT_TRUE(net.cluster(leader).note_guard(net.now(), mark));
    net.run(100ms);
  }
  Cluster& next_leader() {
    net.kill(leader);
    net.run(3s);
    return net.cluster(net.writer());
  }
  ClusterNet net;
  std::string leader;
  std::string follower;
};

TEST_F(ClusterGuards, AreKnownToTheNextLeader) {
  const Instant until = net.now() - 100ms + 90s;
  const std::vector<GuardMark>& guards = next_leader().guards();
  ASSERT_EQ(guards.size(), 1U);
  EXPECT_TRUE(guards[0].holding);
  EXPECT_EQ(guards[0].baseline, 30U);
  EXPECT_LE(std::chrono::abs(guards[0].until - until), 150ms);
}

TEST_F(ClusterGuards, AreReleasedByTheLeaderWhicheverVoterIsAsked) {
  ASSERT_TRUE(net.cluster(follower).release_guard(net.now(), "west"));
  net.run(100ms);
  EXPECT_EQ(net.cluster(leader).take_releases(), std::vector<std::string>{"west"});
  EXPECT_TRUE(net.cluster(follower).take_releases().empty());
}

TEST_F(ClusterGuards, StayReleasedWhenTheLeaderDies) {
  ASSERT_TRUE(net.cluster(follower).release_guard(net.now(), "*"));
  net.run(100ms);
  const std::vector<GuardMark>& guards = next_leader().guards();
  ASSERT_EQ(guards.size(), 1U);
  EXPECT_FALSE(guards[0].holding);
  EXPECT_TRUE(guards[0].released);
}

TEST_F(ClusterGuards, AreNotReleasedWhileNobodyLeads) {
  net.kill(leader);
  net.kill(follower);
  net.run(3s);
  const std::string rest = leader != "c" && follower != "c" ? "c" : "b";
  EXPECT_FALSE(net.cluster(rest).release_guard(net.now(), "west"));
}

}  // namespace
}  // namespace syncer::cluster
