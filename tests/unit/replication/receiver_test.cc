// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/receiver.h"

#include <gtest/gtest.h>

namespace syncer::replication {
namespace {

using std::chrono::seconds;

constexpr Epoch kEpoch{1, 5};

/// A reader bound to an empty log of epoch 1.5, and what it asks.
class ReceiverTest : public ::testing::Test {
 protected:
  ReceiverTest() { receive(Heartbeat{kEpoch, 0, 0, 0, {}}); }

  void receive(const WriterMessage& message) {
    out.clear();
    receiver.receive(now, message, out);
  }
  /// The n-th output, if it is one of this kind.
  template <class T>
  const T* output(std::size_t n = 0) const {
    return n < out.size() ? std::get_if<T>(&out[n]) : nullptr;
  }
  template <class T>
  const T* question(std::size_t n = 0) const {
    const Ask* ask = output<Ask>(n);
    return ask == nullptr ? nullptr : std::get_if<T>(&ask->message);
  }
  /// One entry; the hash is right when `payload` is all there is.
  static Push push(std::uint64_t seq, const Bytes& key, const Bytes& payload) {
    SetHash hash;
    hash.add(key, hash64(payload));
    return {kEpoch, seq - 1, seq, seq, hash.total(), {{seq, Op::Put, key, payload}}};
  }

  Instant now = instant(0);
  Options options;
  Receiver receiver{RegionId{1}, options};
  Outputs out;
  const Replica& replica = receiver.replica();
};

TEST_F(ReceiverTest, RebindsToAnEpochWithTheSameSet) {
  ASSERT_NE(output<Bound>(), nullptr);
  EXPECT_EQ(output<Bound>()->how, Bound::How::Rebound);
  EXPECT_EQ(question<Ack>(1)->epoch, kEpoch);
  EXPECT_TRUE(replica.consistent());
}

TEST_F(ReceiverTest, AppliesAnAdjoiningPushAndAcknowledgesIt) {
  receive(push(1, "k", "v"));
  EXPECT_EQ(*replica.find("k"), "v");
  EXPECT_EQ(replica.version_of("k"), (Version{kEpoch, 1}));
  EXPECT_EQ(question<Ack>(1)->seq, 1U);
}

/// As a writer does whose records wait for their turn: it names a place before all of them.
TEST_F(ReceiverTest, HearsThatAWriterLivesAmidACatchUp) {
  const Heartbeat alive{kEpoch, 0, 0, 0, {}, true};
  EXPECT_EQ(receiver.receive(now, push(1, "k", "v"), out), Heard::Proof);
  EXPECT_EQ(receiver.receive(now, alive, out), Heard::Progress);
  EXPECT_EQ(receiver.receive(now, alive, out), Heard::Word) << "nothing came in between";
}

TEST_F(ReceiverTest, AcknowledgesWhatStaysTheSameEverySecondTime) {
  const Heartbeat same{kEpoch, 0, 0, 0, {}};
  for (int i = 0; i < 3; ++i) {
    receive(same);
    EXPECT_TRUE(out.empty()) << i;
    receive(same);
    EXPECT_NE(question<Ack>(), nullptr) << i;
  }
}

TEST_F(ReceiverTest, AcknowledgesAtOnceWhatIsNewToTheWriter) {
  const Heartbeat same{kEpoch, 0, 0, 0, {}};
  receiver.restart();  // another link: its writer has heard nothing on it
  receive(same);
  EXPECT_NE(question<Ack>(), nullptr);
  receive(same);
  EXPECT_TRUE(out.empty());
  receive(push(1, "k", "v"));
  EXPECT_EQ(question<Ack>(1)->seq, 1U);
}

TEST_F(ReceiverTest, AsksOnceForWhatIsMissing) {
  receive(push(3, "k", "v"));
  ASSERT_NE(question<Pull>(), nullptr);
  EXPECT_EQ(question<Pull>()->from, 0U);
  receive(push(4, "k", "v"));
  EXPECT_TRUE(out.empty());
  now += seconds(2);
  receive(push(5, "k", "v"));
  EXPECT_NE(question<Pull>(), nullptr);
  EXPECT_EQ(replica.size(), 0U);
}

TEST_F(ReceiverTest, PullsWhenTwoHeartbeatsAreAheadOfIt) {
  const Heartbeat ahead{kEpoch, 2, 0, 1, {1, 1}};
  receive(ahead);
  EXPECT_NE(question<Ack>(), nullptr);
  EXPECT_EQ(out.size(), 1U);
  receive(ahead);
  EXPECT_NE(question<Pull>(1), nullptr);
}

TEST_F(ReceiverTest, RefusesAnOlderEpochAndTellsTheNewer) {
  receive(Heartbeat{{1, 4}, 9, 0, 9, {}});
  EXPECT_EQ(output<StaleEpoch>()->known, kEpoch);
  EXPECT_EQ(question<Ack>(1)->epoch, kEpoch);
  EXPECT_EQ(replica.epoch(), kEpoch);
}

TEST_F(ReceiverTest, FindsASetThatDiffersAtTheSameVersion) {
  receive(push(1, "k", "v"));
  receive(Heartbeat{kEpoch, 1, 0, 1, {1, 1}});
  EXPECT_NE(output<Mismatch>(), nullptr);
  EXPECT_NE(question<BucketsRequest>(1), nullptr);
}

TEST_F(ReceiverTest, RepairsInsteadOfMergingAfterAReset) {
  receive(push(1, "k", "v"));
  receive(Reset{kEpoch, 7});
  EXPECT_NE(question<BucketsRequest>(), nullptr);
}

TEST_F(ReceiverTest, AsksForASnapshotWhenItHoldsNothing) {
  receive(Heartbeat{{1, 6}, 1, 1, 1, {1, 1}});
  EXPECT_NE(question<SnapshotRequest>(), nullptr);
}

TEST_F(ReceiverTest, BelievesAbsenceOnlyOfACompleteSnapshotThatAddsUp) {
  receive(push(1, "k", "v"));
  receive(Heartbeat{{1, 6}, 3, 3, 2, {1, 1}});
  ASSERT_NE(question<BucketsRequest>(), nullptr);
  receive(Chunk{{1, 6}, 3, false, 0, 2, 2, {1, 1}, {}, {key_hash("k")}});
  EXPECT_NE(replica.find("k"), nullptr);
  receive(Chunk{{1, 6}, 3, false, 1, 2, 2, {1, 1}, {{"x", "y"}}, {}});
  EXPECT_NE(replica.find("k"), nullptr);
  EXPECT_EQ(replica.find("x"), nullptr);
  EXPECT_NE(question<SnapshotRequest>(), nullptr);
}

TEST_F(ReceiverTest, AsksAgainForAChunkThatDidNotCome) {
  receive(Heartbeat{{1, 6}, 3, 3, 2, {1, 1}});
  receive(Chunk{{1, 6}, 3, true, 0, 3, 2, {1, 1}, {{"x", "y"}}, {}});
  EXPECT_EQ(question<ChunkRequest>()->next, 1U);
  now += options.retry;
  receive(Heartbeat{{1, 6}, 3, 3, 2, {1, 1}});
  ASSERT_NE(question<ChunkRequest>(), nullptr);
  EXPECT_EQ(question<ChunkRequest>()->next, 1U);
  now += options.retry;
  receive(Heartbeat{{1, 6}, 3, 3, 2, {1, 1}});
  EXPECT_NE(question<SnapshotRequest>(), nullptr);
}

TEST_F(ReceiverTest, DropsEntriesOutOfOrder) {
  receive(Push{kEpoch, 0, 5, 5, {}, {{4, Op::Put, "a", "1"}, {2, Op::Put, "b", "1"}}});
  EXPECT_EQ(output<Dropped>()->reason, "entries out of order");
  EXPECT_EQ(replica.size(), 0U);
}

TEST_F(ReceiverTest, DropsEntriesBeyondTheRangeOfTheirPush) {
  receive(Push{kEpoch, 0, 1, 1, {}, {{9, Op::Put, "a", "1"}}});
  EXPECT_NE(output<Dropped>(), nullptr);
  EXPECT_EQ(replica.seq(), 0U);
}

TEST_F(ReceiverTest, DropsAMessageWithoutAnEpoch) {
  receive(Heartbeat{{}, 0, 0, 0, {}});
  EXPECT_NE(output<Dropped>(), nullptr);
}

TEST(ReceiverLimits, RefusesMoreKeysThanARegionMayHold) {
  Options options;
  options.limits.keys = 1;
  Receiver receiver(RegionId{1}, options);
  Outputs out;
  receiver.receive(instant(0), Heartbeat{kEpoch, 0, 0, 0, {}}, out);
  receiver.receive(instant(0), Push{kEpoch, 0, 2, 2, {}, {{1, Op::Put, "a", ""}, {2, Op::Put, "b", ""}}}, out);
  EXPECT_EQ(std::get<Dropped>(out.back()).reason, "too many keys in the region");
  EXPECT_EQ(receiver.replica().size(), 0U);
}

}  // namespace
}  // namespace syncer::replication
