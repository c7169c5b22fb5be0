// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>

#include "sim/host/process/machine.h"
#include "syncer/base/random.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Duration;
using syncer::Instant;

constexpr Instant kBoot = Instant{} + 1h;
constexpr Instant at(Duration world) { return Instant{} + world; }

TEST(MachineClock, RunsWithTheWorldFromItsOwnZero) {
  const MachineClock clock(kBoot);
  EXPECT_EQ(clock.local(at(10s)), kBoot + 10s);
  EXPECT_EQ(clock.world(kBoot + 10s), at(10s));
}

TEST(MachineClock, DriftsWithoutAJump) {
  MachineClock clock(kBoot);
  clock.set_drift(at(10s), 500'000);
  EXPECT_EQ(clock.local(at(10s)), kBoot + 10s);
  EXPECT_EQ(clock.local(at(20s)), kBoot + 25s);
  clock.set_drift(at(20s), 0);
  EXPECT_EQ(clock.local(at(21s)), kBoot + 26s);
}

TEST(MachineClock, NamesTheFirstInstantAtWhichADeadlineIsDue) {
  syncer::Random random(1);
  for (int i = 0; i < 1000; ++i) {
    MachineClock clock(kBoot);
    const auto ppm = static_cast<std::int64_t>(random.below(400'000)) - 200'000;
    clock.set_drift(at(1s), ppm);
    const Instant deadline = kBoot + 1s + random.between(Duration(1), Duration(1h));
    const Instant due = clock.world(deadline);
    EXPECT_GE(clock.local(due), deadline) << ppm;
    EXPECT_LT(clock.local(due - Duration(1)), deadline) << ppm;
  }
}

TEST(MachineClock, WallClockJumpsAlone) {
  MachineClock clock(kBoot);
  const syncer::WallTime before = clock.wall(at(5s));
  clock.jump_wall(-1h);
  EXPECT_EQ(clock.wall(at(60s)) - before, 55s - 1h);
  EXPECT_EQ(clock.local(at(60s)), kBoot + 60s) << "the monotonic clock never jumps";
}

TEST(MachineClock, SkewOfTheWallClockReplacesTheOneBefore) {
  MachineClock clock(kBoot);
  const syncer::WallTime before = clock.wall(at(5s));
  clock.skew_wall(2h);
  clock.skew_wall(-1h);
  EXPECT_EQ(clock.wall(at(5s)) - before, -1h);
  clock.skew_wall(0s);
  EXPECT_EQ(clock.wall(at(5s)), before);
}

TEST(MachineClock, NeverIsNever) { EXPECT_EQ(MachineClock(kBoot).world(syncer::kNever), syncer::kNever); }

}  // namespace
}  // namespace sim::host
