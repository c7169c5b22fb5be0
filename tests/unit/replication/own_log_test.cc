// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/own_log.h"

#include <gtest/gtest.h>

namespace syncer::replication {
namespace {

using std::chrono::hours;

constexpr std::uint64_t kNobody = 0;

class OwnLogTest : public ::testing::Test {
 protected:
  OwnLogTest() { log.open({1, 1}, {{"a", "1"}, {"b", "2"}}, out); }

  OwnLog log{Limits{}};
  Outputs out;
};

TEST_F(OwnLogTest, StartsAnEpochWithItsFullSet) {
  EXPECT_EQ(log.head(), 2U);
  EXPECT_EQ(log.gc(), 2U);
  EXPECT_EQ(log.live(), 2U);
  EXPECT_EQ(*log.find("b"), "2");
  EXPECT_EQ(out.size(), 2U);
}

TEST_F(OwnLogTest, IgnoresTheSamePayload) {
  EXPECT_TRUE(log.put("a", "1", out));
  EXPECT_EQ(log.head(), 2U);
}

TEST_F(OwnLogTest, IgnoresRemovalOfAnUnknownKey) {
  log.erase(instant(0), "x", out);
  EXPECT_EQ(log.head(), 2U);
}

TEST_F(OwnLogTest, SendsOnlyTheLatestEntryOfAKey) {
  log.put("a", "2", out);
  log.put("a", "3", out);
  const Push push = log.changes_after(2, 10, 1000);
  ASSERT_EQ(push.entries.size(), 1U);
  EXPECT_EQ(push.entries[0].payload, "3");
  EXPECT_EQ(push.last, 4U);
  EXPECT_EQ(push.set_hash, log.set_hash().total());
}

TEST_F(OwnLogTest, SaysWhereABatchThatIsCutCloses) {
  log.put("c", "1", out);
  log.put("d", "1", out);
  const Push push = log.changes_after(2, 1, 1000);
  EXPECT_EQ(push.last, 3U);
  EXPECT_EQ(push.head, 4U);
  EXPECT_EQ(push.set_hash, Hash128{});
}

TEST_F(OwnLogTest, SendsAnEntryThatIsLargerThanABatch) {
  log.put("big", Bytes(1000, 'x'), out);
  EXPECT_EQ(log.changes_after(2, 10, 100).entries.size(), 1U);
}

TEST_F(OwnLogTest, KeepsATombstoneUntilItIsAcknowledged) {
  log.erase(instant(0), "a", out);
  log.collect(instant(0), kNobody, hours(24));
  EXPECT_EQ(log.tombstones(), 1U);
  EXPECT_EQ(log.changes_after(2, 10, 1000).entries[0].op, Op::Del);
  log.collect(instant(0), 3, hours(24));
  EXPECT_EQ(log.tombstones(), 0U);
  EXPECT_EQ(log.gc(), 3U);
}

TEST_F(OwnLogTest, KeepsATombstoneForADayAtMost) {
  log.erase(instant(0), "a", out);
  log.collect(instant(0) + hours(23), kNobody, hours(24));
  EXPECT_EQ(log.tombstones(), 1U);
  log.collect(instant(0) + hours(24), kNobody, hours(24));
  EXPECT_EQ(log.tombstones(), 0U);
  EXPECT_EQ(log.gc(), 3U);
}

TEST_F(OwnLogTest, NeedsNoTombstoneForAKeyThatCameBack) {
  log.erase(instant(0), "a", out);
  log.put("a", "1", out);
  log.collect(instant(0), log.head(), hours(24));
  EXPECT_EQ(log.gc(), 2U);
  EXPECT_EQ(log.by_seq().size(), 2U);
}

TEST(OwnLogLimits, RefusesWhatGoesOverThem) {
  Limits limits;
  limits.keys = 1;
  limits.payload_bytes = 3;
  limits.tombstones = 1;
  OwnLog log(limits);
  Outputs out;
  log.open({1, 1}, {}, out);
  EXPECT_FALSE(log.put("k", "four", out));
  EXPECT_FALSE(log.put(Bytes(2000, 'k'), "v", out));
  EXPECT_TRUE(log.put("k", "v", out));
  EXPECT_TRUE(log.put("k", "w", out));
  EXPECT_FALSE(log.put("l", "v", out));
  EXPECT_NE(std::get_if<Dropped>(&out.back()), nullptr);
}

TEST(OwnLogLimits, ForgetsTheOldestTombstoneWhenThereAreTooMany) {
  Limits limits;
  limits.tombstones = 1;
  OwnLog log(limits);
  Outputs out;
  log.open({1, 1}, {{"a", "1"}, {"b", "1"}}, out);
  log.erase(instant(0), "a", out);
  log.erase(instant(0), "b", out);
  log.collect(instant(0), kNobody, hours(24));
  EXPECT_EQ(log.tombstones(), 1U);
  EXPECT_EQ(log.gc(), 3U);
}

}  // namespace
}  // namespace syncer::replication
