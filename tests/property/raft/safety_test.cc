// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/property/raft/chaos.h"
#include "tests/property/raft/hand_made.h"

namespace syncer::raft::property {
namespace {

/// SYNCER_RAFT_SEEDS raises the number of seeds for a nightly run (CONTRIBUTING.md).
std::uint64_t seeds() {
  const char* text = std::getenv("SYNCER_RAFT_SEEDS");
  return text == nullptr ? 500 : std::stoull(text);
}

class ElectionUnderChaos : public testing::TestWithParam<std::size_t> {};

TEST_P(ElectionUnderChaos, KeepsEverySafetyPropertyAndRecovers) {
  Index committed = 0;
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const Outcome outcome = run_chaos(GetParam(), seed);
    ASSERT_FALSE(outcome.violation) << "seed " << seed << ", " << GetParam() << " voters: " << *outcome.violation;
    committed += outcome.committed;
  }
  EXPECT_GT(committed, seeds() * 20) << "the runs are too unfriendly to mean anything";
}

TEST_P(ElectionUnderChaos, RepeatsItselfForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_EQ(run_chaos(GetParam(), seed).digest, run_chaos(GetParam(), seed).digest);
  }
}

TEST(ElectionFollower, BelievesAnAppendNoFurtherThanItReaches) { EXPECT_EQ(append_proves_too_much(0), std::nullopt); }
TEST(ElectionFollower, KeepsMoreThanASnapshotCovers) { EXPECT_EQ(snapshot_discards_a_tail(0), std::nullopt); }

INSTANTIATE_TEST_SUITE_P(Voters, ElectionUnderChaos, testing::Values(1, 3, 5), testing::PrintToStringParamName());

}  // namespace
}  // namespace syncer::raft::property
