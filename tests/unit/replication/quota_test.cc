// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/quota.h"

#include <gtest/gtest.h>

#include "syncer/replication/receiver.h"

namespace syncer::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Epoch kEpoch{1, 1};
constexpr RegionId kWest{7};

/// A reader of one region, bound to its empty set at the beginning of its epoch.
class QuotaTest : public ::testing::Test {
 protected:
  void allow(const Quota& quota) {
    Options options;
    options.quota = quota;
    receiver.emplace(kWest, options);
    hear(Heartbeat{kEpoch, 0, 0, 0, {}, true});
  }
  Heard hear(const WriterMessage& message) {
    out.clear();
    return receiver->receive(now, message, out);
  }
  /// The next records of the region, each of so many bytes.
  Push next(int count, std::size_t size = 1) {
    Push push{kEpoch, seq, seq, 1'000'000, {}, {}};
    for (int i = 0; i < count; ++i) push.entries.push_back({++push.last, Op::Put, key(push.last), Bytes(size, 'p')});
    return push;
  }
  bool take(const Push& push) {
    const bool taken = hear(push) == Heard::Proof;
    if (taken) seq = push.last;
    return taken;
  }
  static Bytes key(std::uint64_t n) { return "key" + std::to_string(1000 + n); }
  std::optional<QuotaChanged> changed() const {
    for (const Output& output : out) {
      if (const auto* quota = std::get_if<QuotaChanged>(&output)) return *quota;
    }
    return std::nullopt;
  }

  Instant now = instant(0) + seconds(100);
  std::optional<Receiver> receiver;
  Outputs out;
  std::uint64_t seq = 0;
};

TEST_F(QuotaTest, OfRecordsRefusesWhatGoesBeyondAndSaysSoOnce) {
  allow({5, 1'000'000, 1'000'000});
  EXPECT_TRUE(take(next(5)));
  EXPECT_FALSE(changed());
  EXPECT_FALSE(take(next(1)));
  ASSERT_TRUE(changed());
  EXPECT_EQ(changed()->quota, QuotaKind::Records);
  EXPECT_TRUE(changed()->reached);
  EXPECT_EQ(hear(next(1)), Heard::Progress) << "its region is there, and keeps what it has here";
  EXPECT_EQ(receiver->replica().size(), 5U);
  EXPECT_EQ(receiver->over_quota(), QuotaKind::Records);
  EXPECT_FALSE(take(next(1)));
  EXPECT_FALSE(changed()) << "it is known already";
}

TEST_F(QuotaTest, LetsARegionBecomeSmallerAndThenGrowAgain) {
  allow({5, 1'000'000, 1'000'000});
  ASSERT_TRUE(take(next(5)));
  ASSERT_FALSE(take(next(1)));
  Push smaller{kEpoch, seq, seq + 2, 1'000'000, {}, {}};
  smaller.entries = {{seq + 1, Op::Del, key(1), {}}, {seq + 2, Op::Put, key(9), "p"}};
  EXPECT_TRUE(take(smaller));
  ASSERT_TRUE(changed());
  EXPECT_FALSE(changed()->reached);
  EXPECT_FALSE(receiver->over_quota());
}

/// A removal that is told many times is one: a log has one entry for each key.
TEST_F(QuotaTest, IsNotEvadedByRemovalsToldTwice) {
  allow({5, 1'000'000, 1'000'000});
  ASSERT_TRUE(take(next(5)));
  Push twice = next(4);
  twice.entries.insert(twice.entries.begin(), 4, {0, Op::Del, key(1), {}});
  for (Entry& entry : twice.entries) entry.seq = ++seq;
  twice.last = seq;
  hear(twice);
  EXPECT_EQ(receiver->replica().size(), 5U);
}

TEST_F(QuotaTest, OfBytesCountsKeysAndPayloads) {
  allow({1000, 100, 1'000'000});
  EXPECT_TRUE(take(next(3, 20)));
  EXPECT_FALSE(take(next(1, 50)));
  EXPECT_EQ(receiver->over_quota(), QuotaKind::Bytes);
  EXPECT_TRUE(take(next(1, 10)));
}

TEST_F(QuotaTest, OfChangesTakesABurstAndThenItsRate) {
  allow({1'000'000, 1'000'000'000, 10});
  int taken = 0;
  for (int i = 0; i < 300; ++i) taken += take(next(1)) ? 1 : 0;
  EXPECT_EQ(taken, 101) << "ten seconds' worth at once, and the one that is paid for later";
  EXPECT_EQ(receiver->over_quota(), QuotaKind::Changes);
  for (int i = 0; i < 100; ++i) {
    now += milliseconds(50);
    taken += take(next(1)) ? 1 : 0;
  }
  EXPECT_NEAR(taken, 151, 1);
}

TEST_F(QuotaTest, HoldsForARepairAsForAPush) {
  allow({5, 1'000'000, 1'000'000});
  ASSERT_TRUE(take(next(1)));
  hear(Heartbeat{{1, 2}, 9, 0, 8, {1, 1}, true});
  hear(Buckets{{1, 2}, 9, 8, {1, 1}, {1}});
  Chunk chunk{{1, 2}, 9, false, 0, 1, 8, {1, 1}, {}, {}};
  for (std::uint64_t n = 1; n <= 8; ++n) chunk.items.push_back({key(n), "p"});
  hear(chunk);
  EXPECT_EQ(receiver->over_quota(), QuotaKind::Records);
  EXPECT_EQ(receiver->replica().size(), 1U);
}

/// A repair that brings these payloads for known keys, all of it in one chunk; true when it was taken.
class QuotaRepairTest : public QuotaTest {
 protected:
  bool replace(std::uint64_t first, std::uint64_t count, std::size_t size) {
    SetHash result = receiver->replica().hashes();
    Chunk chunk{{1, ++term}, seq, false, 0, 1, receiver->replica().size(), {}, {}, {}};
    for (std::uint64_t n = first; n < first + count; ++n) {
      chunk.items.push_back({key(n), Bytes(size, 'r')});
      result.remove(key(n), hash64(*receiver->replica().find(key(n))));
      result.add(key(n), hash64(chunk.items.back().payload));
    }
    chunk.set_hash = result.total();
    return repair(chunk);
  }
  bool repair(const Chunk& chunk) {
    hear(Heartbeat{chunk.epoch, chunk.at_seq, 0, chunk.live, chunk.set_hash, true});
    hear(Buckets{chunk.epoch, chunk.at_seq, chunk.live, chunk.set_hash, {1}});
    return hear(chunk) == Heard::Proof;
  }

  std::uint64_t term = 1;
};

/// What it replaces step by step stays within what one repair may bring; what is held afterwards does not.
TEST_F(QuotaRepairTest, OfBytesCountsWhatIsHeldAfterARepair) {
  allow({1000, 10'000, 1'000'000});
  ASSERT_TRUE(take(next(30, 100)));
  EXPECT_TRUE(replace(1, 6, 900)) << "within it";
  const std::size_t held = receiver->replica().bytes();
  EXPECT_FALSE(replace(7, 6, 900));
  EXPECT_EQ(receiver->over_quota(), QuotaKind::Bytes);
  EXPECT_FALSE(replace(13, 6, 900));
  EXPECT_EQ(receiver->replica().bytes(), held);
  EXPECT_TRUE(replace(7, 6, 200)) << "another one that is within it";
  EXPECT_FALSE(receiver->over_quota());
}

TEST_F(QuotaRepairTest, LetsARegionBecomeSmallerByARepair) {
  allow({1000, 10'000, 1'000'000});
  ASSERT_TRUE(take(next(30, 100)));
  Options options;
  options.quota = {1000, 2'000, 1'000'000};
  receiver->set_options(options);
  EXPECT_TRUE(replace(1, 6, 50));
  EXPECT_FALSE(replace(1, 1, 60));
}

/// A key that comes twice takes the place of its record once.
TEST_F(QuotaRepairTest, CountsNoRecordAsReplacedTwice) {
  allow({1000, 10'000, 1'000'000});
  ASSERT_TRUE(take(next(3, 3'000)));
  SetHash result = receiver->replica().hashes();
  Chunk chunk{{1, ++term}, seq, false, 0, 1, 3, {}, {}, {}};
  for (const std::size_t size : {1U, 6'500U}) {
    chunk.items.push_back({key(1), Bytes(size, 'r')});
    result.remove(key(1), hash64(Bytes(3'000, 'p')));
    result.add(key(1), hash64(chunk.items.back().payload));
  }
  chunk.set_hash = result.total();
  repair(chunk);
  EXPECT_LE(receiver->replica().bytes(), 10'000U);
}

TEST_F(QuotaTest, IsMetAgainWhenTheWriterProvesThatAllOfItIsHere) {
  allow({5, 1'000'000, 1'000'000});
  ASSERT_TRUE(take(next(1)));
  const Hash128 real = receiver->replica().set_hash();
  hear(Heartbeat{{1, 2}, 9, 0, 8, {1, 1}, true});
  hear(Chunk{{1, 2}, 9, false, 0, 1, 8, {1, 1}, {}, {}});
  ASSERT_EQ(receiver->over_quota(), QuotaKind::Records) << "somebody says that there is more";
  receiver->restart();
  EXPECT_EQ(hear(Heartbeat{{1, 3}, 9, 0, 1, real, true}), Heard::Proof);
  EXPECT_FALSE(receiver->over_quota());
  ASSERT_TRUE(changed());
  EXPECT_FALSE(changed()->reached);
}

TEST(ChangeRateTest, IsOpenAtFirstAndPaysOff) {
  ChangeRate rate(100);
  const Instant now = instant(0);
  EXPECT_TRUE(rate.may_change(now));
  rate.note(now, 5000);
  EXPECT_FALSE(rate.may_change(now + seconds(39)));
  EXPECT_TRUE(rate.may_change(now + seconds(40)));
}

}  // namespace
}  // namespace syncer::replication
