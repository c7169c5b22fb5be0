// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "sim/host/process/machine.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::CallId;
using syncer::Instant;

Disk disk(std::uint64_t seed = 1) { return Disk(engine::Draws(seed, "disk", 0), 1ms, 2ms); }

std::string value(const Disk& d, std::string_view key) { return d.read(key).value().value_or("nothing"); }

TEST(Disk, MakesAWriteDurableWhenItIsComplete) {
  Disk d = disk();
  const Instant done = d.write(Instant{}, CallId{7}, "k", "v");
  EXPECT_GE(done, Instant{} + 1ms);
  EXPECT_LE(done, Instant{} + 2ms);
  const DiskDone completed = d.complete();
  EXPECT_EQ(completed.call, CallId{7});
  EXPECT_TRUE(completed.outcome);
  EXPECT_EQ(value(d, "k"), "v");
}

TEST(Disk, CompletesInOrder) {
  Disk d = disk();
  Instant last{};
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Instant done = d.append(Instant{}, CallId{i}, "log", "x");
    EXPECT_GT(done, last);
    last = done;
  }
}

TEST(Disk, LosesWhatWasNotSynced) {
  Disk d = disk();
  d.write(Instant{}, CallId{1}, "k", "old");
  d.complete();
  d.write(Instant{}, CallId{2}, "k", "new");
  d.crash(DiskFate::LoseUnsynced);
  EXPECT_EQ(value(d, "k"), "old");
  EXPECT_TRUE(d.idle());
}

TEST(Disk, KeepsEverythingWhenOnlyTheProcessDied) {
  Disk d = disk();
  d.write(Instant{}, CallId{1}, "k", "new");
  d.append(Instant{}, CallId{2}, "log", "entry");
  d.crash(DiskFate::Keep);
  EXPECT_EQ(value(d, "k"), "new");
  EXPECT_EQ(value(d, "log"), "entry");
}

TEST(Disk, TearsAppendsAnywhereButWritesNever) {
  std::set<std::string> logs;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Disk d = disk(seed);
    d.append(Instant{}, CallId{1}, "log", "abcd");
    d.write(Instant{}, CallId{2}, "k", "whole");
    d.crash(DiskFate::Tear);
    logs.insert(value(d, "log"));
    const std::string k = value(d, "k");
    EXPECT_TRUE(k == "whole" || k == "nothing") << k;
    if (k == "whole") {
      EXPECT_EQ(value(d, "log"), "abcd") << "what was written before is there as well";
    }
  }
  EXPECT_EQ(logs, (std::set<std::string>{"", "a", "ab", "abc", "abcd"}));
}

TEST(Disk, IsEmptyAfterAWipe) {
  Disk d = disk();
  d.write(Instant{}, CallId{1}, "k", "v");
  d.complete();
  d.crash(DiskFate::Wipe);
  EXPECT_EQ(value(d, "k"), "nothing");
}

TEST(Disk, SaysSoWhenItIsFull) {
  Disk d = disk();
  d.set_fault({.full = true});
  d.write(Instant{}, CallId{1}, "k", "v");
  const DiskDone done = d.complete();
  ASSERT_FALSE(done.outcome);
  EXPECT_EQ(done.outcome.error().code, syncer::ErrorCode::Io);
  EXPECT_EQ(value(d, "k"), "nothing");
}

TEST(Disk, CannotBeReadWhenItFails) {
  Disk d = disk();
  d.set_fault({.fail = true});
  EXPECT_FALSE(d.read("k"));
}

TEST(Disk, TakesLongerWhenItIsSlow) {
  Disk d = disk();
  d.set_fault({.slow = 100});
  EXPECT_GE(d.write(Instant{}, CallId{1}, "k", "v"), Instant{} + 100ms);
}

}  // namespace
}  // namespace sim::host
