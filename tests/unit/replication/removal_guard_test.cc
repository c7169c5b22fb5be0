// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/removal_guard.h"

#include <gtest/gtest.h>

namespace syncer::replication {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Verdict = RemovalGuard::Verdict;
using Release = RemovalGuard::Release;

std::vector<Bytes> keys(std::size_t first, std::size_t count) {
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("k" + std::to_string(first + i));
  return out;
}

Instant at(Duration d) { return instant(0) + d; }

TEST(RemovalGuard, LetsOrdinaryRemovalsPass) {
  RemovalGuard guard({});
  guard.set_size(100);
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 20)), Verdict::Granted);
  EXPECT_FALSE(guard.frozen());
}

TEST(RemovalGuard, HoldsTheWholeBatchThatGoesOverTheMinimum) {
  RemovalGuard guard({});
  guard.set_size(100);
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 21)), Verdict::Held);
  EXPECT_EQ(guard.pending(), 21U);
  EXPECT_EQ(guard.tripped_at(), at(seconds(1)));
}

TEST(RemovalGuard, AllowsTheShareOfALargeRegion) {
  RemovalGuard guard({});
  guard.set_size(1000);
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 150)), Verdict::Granted);
  guard.set_size(850);
  EXPECT_EQ(guard.request(at(seconds(2)), "one more"), Verdict::Held);
}

TEST(RemovalGuard, CountsAFreshWindowAfterTheOldOnePassed) {
  RemovalGuard guard({});
  guard.set_size(100);
  EXPECT_EQ(guard.request(at(seconds(0)), keys(0, 20)), Verdict::Granted);
  guard.set_size(80);
  EXPECT_EQ(guard.request(at(seconds(60)), keys(20, 20)), Verdict::Granted);
  guard.set_size(60);
  EXPECT_EQ(guard.request(at(seconds(119)), "x"), Verdict::Held);
}

TEST(RemovalGuard, NeverEmptiesARegionOfMoreThanOneInABatch) {
  RemovalGuard guard({});
  guard.set_size(2);
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 2)), Verdict::Held);
}

TEST(RemovalGuard, NeverEmptiesARegionOfMoreThanOneStepByStep) {
  RemovalGuard guard({});
  guard.set_size(2);
  EXPECT_EQ(guard.request(at(seconds(1)), "a"), Verdict::Granted);
  guard.set_size(1);
  EXPECT_EQ(guard.request(at(seconds(2)), "b"), Verdict::Held);
}

TEST(RemovalGuard, LetsTheOnlyInstanceGo) {
  RemovalGuard guard({});
  guard.set_size(1);
  EXPECT_EQ(guard.request(at(seconds(1)), "a"), Verdict::Granted);
}

TEST(RemovalGuard, LetsTwoOfFourGoWhenTheyWereReplaced) {
  RemovalGuard guard({});
  guard.set_size(4);
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 2)), Verdict::Granted);
}

TEST(RemovalGuard, HoldsEverythingWhileFrozen) {
  RemovalGuard guard({});
  guard.set_size(100);
  guard.request(at(seconds(1)), keys(0, 30));
  EXPECT_EQ(guard.request(at(minutes(5)), "late"), Verdict::Held);
  EXPECT_EQ(guard.request(at(minutes(5)), "late"), Verdict::Held);
  EXPECT_EQ(guard.pending(), 31U);
  EXPECT_EQ(guard.tripped_at(), at(seconds(1)));
}

TEST(RemovalGuard, IsReleasedWhenAllEntriesCameBack) {
  RemovalGuard guard({});
  guard.set_size(2);
  guard.request(at(seconds(1)), keys(0, 2));
  EXPECT_FALSE(guard.cancel(at(seconds(2)), "k0"));
  EXPECT_FALSE(guard.cancel(at(seconds(2)), "unknown"));
  EXPECT_TRUE(guard.frozen());
  EXPECT_TRUE(guard.cancel(at(seconds(2)), "k1"));
  EXPECT_FALSE(guard.frozen());
  EXPECT_EQ(guard.last_release(), Release::EntriesBack);
  EXPECT_TRUE(guard.advance(at(minutes(60))).empty());
}

TEST(RemovalGuard, GoesOnWithTheRestWhenMostEntriesAreBackForAWhile) {
  RemovalGuard guard({});
  guard.set_size(30);
  guard.request(at(seconds(1)), keys(0, 30));
  for (const Bytes& key : keys(0, 27)) guard.cancel(at(seconds(10)), key);
  EXPECT_EQ(guard.next_deadline(), at(seconds(15)));
  EXPECT_TRUE(guard.advance(at(seconds(14))).empty());
  EXPECT_EQ(guard.advance(at(seconds(15))), keys(27, 3));
  EXPECT_FALSE(guard.frozen());
  EXPECT_EQ(guard.last_release(), Release::EntriesBack);
}

TEST(RemovalGuard, GoesOnWhenOtherEntriesShowThatTheRegionIsNotEmpty) {
  RemovalGuard guard({});
  guard.set_size(2);
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 2)), Verdict::Held);
  guard.set_size(11);
  EXPECT_TRUE(guard.advance(at(seconds(2))).empty());
  EXPECT_EQ(guard.advance(at(seconds(7))), keys(0, 2));
}

TEST(RemovalGuard, StaysFrozenWhileTheRestIsNoOrdinaryRemoval) {
  RemovalGuard guard({});
  guard.set_size(40);
  guard.request(at(seconds(1)), keys(0, 40));
  for (const Bytes& key : keys(0, 10)) guard.cancel(at(seconds(10)), key);
  EXPECT_TRUE(guard.advance(at(seconds(30))).empty());
  EXPECT_EQ(guard.pending(), 30U);
}

TEST(RemovalGuard, GrantsAllThatIsHeldOnTheOperatorsWord) {
  RemovalGuard guard({});
  guard.set_size(30);
  guard.request(at(seconds(1)), keys(0, 30));
  EXPECT_EQ(guard.release().size(), 30U);
  EXPECT_FALSE(guard.frozen());
  EXPECT_EQ(guard.last_release(), Release::Operator);
  EXPECT_TRUE(guard.release().empty());
}

TEST(RemovalGuard, GrantsAllThatIsHeldAfterTheHoldTime) {
  RemovalGuard guard({});
  guard.set_size(30);
  guard.request(at(seconds(1)), keys(0, 30));
  EXPECT_EQ(guard.next_deadline(), at(seconds(601)));
  EXPECT_TRUE(guard.advance(at(seconds(600))).empty());
  EXPECT_EQ(guard.advance(at(seconds(601))).size(), 30U);
  EXPECT_EQ(guard.last_release(), Release::HoldPassed);
}

TEST(RemovalGuard, CountsTheHoldTimeOnlyWhileTheOriginIsSane) {
  RemovalGuard guard({});
  guard.set_size(30);
  guard.set_origin_healthy(at(seconds(0)), false);
  guard.request(at(seconds(1)), keys(0, 30));
  EXPECT_EQ(guard.next_deadline(), kNever);
  EXPECT_TRUE(guard.advance(at(minutes(60))).empty());
  guard.set_origin_healthy(at(minutes(60)), true);
  EXPECT_TRUE(guard.advance(at(minutes(69))).empty());
  EXPECT_EQ(guard.advance(at(minutes(70))).size(), 30U);
}

TEST(RemovalGuard, GoesOnWithTheHoldOfTheProcessBefore) {
  RemovalGuard guard({});
  guard.set_size(100);
  guard.set_origin_healthy(at(minutes(20)), false);
  guard.inherit(at(minutes(20)), at(minutes(14)), 100);
  EXPECT_TRUE(guard.frozen());
  EXPECT_EQ(guard.request(at(minutes(20)), "one"), Verdict::Held) << "frozen, though it would be ordinary";
  guard.set_origin_healthy(at(minutes(20) + seconds(2)), true);
  EXPECT_TRUE(guard.advance(at(minutes(24) - seconds(1))).empty());
  EXPECT_EQ(guard.advance(at(minutes(24))).size(), 1U);
  EXPECT_EQ(guard.last_release(), Release::HoldPassed);
}

TEST(RemovalGuard, CountsAnInheritedHoldAnewWhenTheOriginStaysUnheard) {
  RemovalGuard guard({});
  guard.set_size(100);
  guard.set_origin_healthy(at(minutes(20)), false);
  guard.inherit(at(minutes(20)), at(minutes(14)), 100);
  guard.set_origin_healthy(at(minutes(21)), true);
  EXPECT_EQ(guard.next_deadline(), at(minutes(31)));
}

TEST(RemovalGuard, ThatWasInheritedThawsWhenTheEntriesAreBack) {
  RemovalGuard guard({});
  guard.inherit(at(seconds(1)), at(seconds(0)), 100);
  guard.set_size(40);
  EXPECT_TRUE(guard.advance(at(seconds(2))).empty());
  EXPECT_TRUE(guard.advance(at(seconds(8))).empty());
  EXPECT_TRUE(guard.frozen()) << "60 are missing";
  guard.set_size(95);
  EXPECT_TRUE(guard.advance(at(seconds(9))).empty());
  EXPECT_TRUE(guard.advance(at(seconds(15))).empty());
  EXPECT_FALSE(guard.frozen());
}

TEST(RemovalGuard, LetsGoWhatAnOperatorLetGoBeforeAndNoMore) {
  RemovalGuard guard({});
  guard.set_size(100);
  guard.allow(50, at(seconds(60)));
  EXPECT_EQ(guard.request(at(seconds(1)), keys(0, 30)), Verdict::Granted);
  EXPECT_EQ(guard.request(at(seconds(2)), keys(30, 30)), Verdict::Held) << "20 were left of the allowance";
  RemovalGuard late({});
  late.set_size(100);
  late.allow(50, at(seconds(60)));
  EXPECT_EQ(late.request(at(seconds(60)), keys(0, 30)), Verdict::Held);
}

}  // namespace
}  // namespace syncer::replication
