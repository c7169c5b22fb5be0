// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "tests/property/raft/scenarios.h"

namespace syncer::raft::property {
namespace {

constexpr std::uint64_t kSeeds = 60;
constexpr std::chrono::milliseconds kTimeout(500);

class Election : public testing::TestWithParam<std::size_t> {
 protected:
  template <class Scenario>
  void holds(Scenario scenario) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const Broken broken = scenario(GetParam(), seed);
      ASSERT_FALSE(broken) << "seed " << seed << ": " << *broken;
    }
  }
};

TEST_P(Election, ReplacesADeadLeaderQuickly) {
  std::vector<Duration> times;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const std::optional<Duration> time = failover_time(GetParam(), seed);
    ASSERT_TRUE(time) << "seed " << seed;
    times.push_back(*time);
  }
  std::sort(times.begin(), times.end());
  // The bars are in election timeouts; clocks here are up to 10 % slow.
  EXPECT_LE(times[times.size() / 2], kTimeout * 15 / 10) << to_string(times[times.size() / 2]);
  EXPECT_LE(times[times.size() * 99 / 100], kTimeout * 3) << to_string(times[times.size() * 99 / 100]);
}

TEST_P(Election, IsNotDisturbedByAReturningNode) { holds(cut_off_node_disturbs); }
TEST_P(Election, EndsWithoutAMajority) { holds(lonely_leader_stays); }
TEST_P(Election, ReplacesADeafLeader) { holds(deaf_leader_stays); }
TEST_P(Election, HandsOverWithinThreeDelays) { holds(transfer_is_slow); }
TEST_P(Election, BringsALaggingFollowerBackBySnapshot) { holds(lagging_follower_waits); }
TEST_P(Election, StaysQuietWithoutACause) { holds(quiet_group_moves); }
TEST_P(Election, SurvivesSlowDisks) { holds(slow_disk_changes_leader); }
TEST_P(Election, HasOneWriterWhenVotersRestartDuringACut) { holds(restart_during_cut_gives_two_writers); }
TEST_P(Election, HasOneWriterWhenATransferIsCutOff) { holds(cut_during_transfer_gives_two_writers); }

INSTANTIATE_TEST_SUITE_P(Voters, Election, testing::Values(3, 5), testing::PrintToStringParamName());

TEST(ElectionHub, LetsTheOnlyConnectedNodeLead) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Broken broken = hub_does_not_lead(seed);
    ASSERT_FALSE(broken) << "seed " << seed << ": " << *broken;
  }
}

}  // namespace
}  // namespace syncer::raft::property
