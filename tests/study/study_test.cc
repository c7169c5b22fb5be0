// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/study/convergence.h"
#include "tests/study/distress.h"
#include "tests/study/grid.h"

namespace study {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A few seeds of each study, against the same bars as the full count (`membership_study`). Seeds are fixed: a figure
// changes only when the code does.

struct CrashBar {
  std::size_t members;
  std::uint64_t seeds;
  Duration p50;
  Duration p99;
};
void PrintTo(const CrashBar& bar, std::ostream* out) { *out << bar.members << " members"; }
class CrashIsKnown : public testing::TestWithParam<CrashBar> {};

TEST_P(CrashIsKnown, EverywhereInTime) {
  Figures figures;
  for (std::uint64_t seed = 0; seed < GetParam().seeds; ++seed) {
    const Crash crash = crash_in(GetParam().members, seed);
    ASSERT_TRUE(crash.complete) << "seed " << seed;
    figures.add(crash.all_know);
  }
  EXPECT_LE(seconds_of(figures.quantile(50)), seconds_of(GetParam().p50));
  EXPECT_LE(seconds_of(figures.quantile(99)), seconds_of(GetParam().p99));
}
INSTANTIATE_TEST_SUITE_P(Pools, CrashIsKnown,
                         testing::Values(CrashBar{10, 1000, milliseconds(6500), seconds(9)},
                                         CrashBar{30, 40, milliseconds(8500), seconds(13)},
                                         CrashBar{100, 10, seconds(11), seconds(16)}));

struct UpdateBar {
  std::uint64_t loss_percent;
  Duration p99;
};
void PrintTo(const UpdateBar& bar, std::ostream* out) { *out << bar.loss_percent << " % loss"; }
class UpdateReachesAll : public testing::TestWithParam<UpdateBar> {};

TEST_P(UpdateReachesAll, OfAHundredMembersInTime) {
  Figures complete;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Spread spread = update_in(100, {GetParam().loss_percent, 100}, seed);
    EXPECT_TRUE(spread.in_interval) << "seed " << seed;
    if (spread.by_gossip) complete.add(spread.all_know);
  }
  EXPECT_GT(complete.size(), 0U);
  EXPECT_LE(seconds_of(complete.quantile(99)), seconds_of(GetParam().p99));
}
INSTANTIATE_TEST_SUITE_P(Losses, UpdateReachesAll,
                         testing::Values(UpdateBar{0, milliseconds(1300)}, UpdateBar{10, milliseconds(1500)},
                                         UpdateBar{30, seconds(2)}));

TEST(ScalecubeGrid, EverybodyHearsInTimeAndOnce) {
  const auto rows = read_grid();
  if (rows.empty()) GTEST_SKIP() << "no membership data in SYNCER_CONFORMANCE_DIR: gossip_grid.json";
  ASSERT_EQ(rows.size(), 11U);
  for (const GridRow& row : rows) {
    for (std::uint64_t seed = 0; seed < (row.members < 50 ? 30 : 5); ++seed) {
      const GridRun run = spread_row(row, false, seed);
      EXPECT_EQ(run.receivers, row.members - 1) << row.name << ", seed " << seed;
      EXPECT_LT(run.last, row.sweep_timeout) << row.name << ", seed " << seed;
      EXPECT_EQ(run.repeated, 0U) << row.name << ", seed " << seed;
    }
  }
}

TEST(Lifeguard, SparesTheHealthy) {
  Harm with;
  Harm without;
  for (const Distress& d : paper_sweep(true)) {
    with += suffer(d, paper_options(true), 1);
    without += suffer(d, paper_options(false), 1);
  }
  EXPECT_GT(without.false_positives, 1000U);
  EXPECT_LE(with.false_positives * 100, without.false_positives * 2);
  EXPECT_LE(with.false_positives_healthy * 100, without.false_positives_healthy * 2);
  EXPECT_LE(with.packets * 100, without.packets * 115);
  EXPECT_LE(with.bytes * 100, without.bytes * 105);
}

TEST(StoppedMembers, MakeNobodyDoubtTheHealthy) {
  for (const std::size_t unwell : {4U, 8U}) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      const Distress brief{30, unwell, Illness::Stopped, seconds(4), milliseconds(250), seconds(60)};
      EXPECT_EQ(suffer(brief, syncer::membership::lan_profile(), seed).false_positives_healthy, 0U) << unwell;
      const Distress lasting{30, unwell, Illness::Stopped, seconds(16), milliseconds(250), seconds(100)};
      const Harm harm = suffer(lasting, syncer::membership::lan_profile(), seed);
      EXPECT_EQ(harm.false_positives_healthy, 0U) << unwell;
      EXPECT_GT(harm.true_positives, 0U) << unwell;
    }
  }
}

}  // namespace
}  // namespace study
