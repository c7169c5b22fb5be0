// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/change_guard.h"

#include <gtest/gtest.h>

namespace syncer::replication {
namespace {

using std::chrono::seconds;
using Verdict = ChangeGuard::Verdict;

Instant at(Duration d) { return instant(0) + d; }

std::vector<ChangeGuard::Change> changes(int first, int count, int services = 3) {
  std::vector<ChangeGuard::Change> out;
  for (int i = first; i < first + count; ++i) {
    out.push_back({"k" + std::to_string(i), "s" + std::to_string(i % services), seconds(120)});
  }
  return out;
}

TEST(ChangeGuard, HoldsHalfARegionThatPointsElsewhereForALease) {
  ChangeGuard guard({});
  EXPECT_EQ(guard.request(at(seconds(1)), changes(0, 30), 60), Verdict::Held);
  EXPECT_EQ(guard.next_deadline(), at(seconds(124)));
  EXPECT_TRUE(guard.advance(at(seconds(123))).empty());
  EXPECT_EQ(guard.advance(at(seconds(124))).size(), 30U);
  EXPECT_EQ(guard.held(), 0U);
}

TEST(ChangeGuard, LetsOrdinaryChangesPass) {
  ChangeGuard guard({});
  EXPECT_EQ(guard.request(at(seconds(1)), changes(0, 29), 60), Verdict::Granted) << "less than half";
  ChangeGuard small({});
  EXPECT_EQ(small.request(at(seconds(1)), changes(0, 5), 5), Verdict::Granted) << "less than the minimum";
  ChangeGuard one({});
  EXPECT_EQ(one.request(at(seconds(1)), changes(0, 30, 1), 30), Verdict::Granted) << "one service";
}

TEST(ChangeGuard, AddsUpWhatChangesWithinAMinute) {
  ChangeGuard guard({});
  EXPECT_EQ(guard.request(at(seconds(0)), changes(0, 20), 60), Verdict::Granted);
  EXPECT_EQ(guard.request(at(seconds(59)), changes(20, 10), 60), Verdict::Held);
  ChangeGuard late({});
  EXPECT_EQ(late.request(at(seconds(0)), changes(0, 20), 60), Verdict::Granted);
  EXPECT_EQ(late.request(at(seconds(60)), changes(20, 10), 60), Verdict::Granted);
}

TEST(ChangeGuard, CountsAnEntryThatChangesOftenOnce) {
  ChangeGuard guard({});
  for (int i = 0; i < 20; ++i) EXPECT_EQ(guard.request(at(seconds(i)), changes(0, 5), 60), Verdict::Granted);
}

TEST(ChangeGuard, ForgetsWhatIsCancelled) {
  ChangeGuard guard({});
  guard.request(at(seconds(1)), changes(0, 30), 60);
  EXPECT_TRUE(guard.holds("k3"));
  guard.cancel("k3");
  guard.cancel("unknown");
  EXPECT_FALSE(guard.holds("k3"));
  EXPECT_EQ(guard.advance(at(seconds(200))).size(), 29U);
}

TEST(ChangeGuard, HoldsNoLongerWhenAHeldEntryChangesAgain) {
  ChangeGuard guard({});
  guard.request(at(seconds(1)), changes(0, 30), 60);
  guard.request(at(seconds(50)), changes(0, 30), 60);
  EXPECT_EQ(guard.advance(at(seconds(124))).size(), 30U);
}

TEST(ChangeGuard, LetsAllPassOnTheOperatorsWord) {
  ChangeGuard guard({});
  EXPECT_TRUE(guard.release(at(seconds(0))).empty());
  guard.request(at(seconds(1)), changes(0, 30), 60);
  EXPECT_EQ(guard.release(at(seconds(2))).size(), 30U);
  EXPECT_EQ(guard.request(at(seconds(3)), changes(30, 30), 60), Verdict::Granted);
  EXPECT_EQ(guard.request(at(seconds(62)), changes(0, 60), 60), Verdict::Held);
}

}  // namespace
}  // namespace syncer::replication
