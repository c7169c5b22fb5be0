// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/publisher.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace syncer::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Epoch kEpoch{2, 3};
constexpr RegionId kB{1};
constexpr RegionId kC{2};

/// A writer with two readers that are bound to its empty log.
class PublisherTest : public ::testing::Test {
 protected:
  explicit PublisherTest(Options options = {}) : publisher(options, now) {
    publisher.open_epoch(now, kEpoch, {}, out);
    for (const RegionId peer : {kB, kC}) {
      publisher.add_peer(peer);
      publisher.peer_up(peer, out);
      answer(peer, Ack{kEpoch, 0, {}});
    }
    out.clear();
  }

  void answer(RegionId from, const ReaderMessage& message) { publisher.receive(now, from, message, out); }
  void pass(Duration time) {
    now += time;
    publisher.advance(now, out);
  }
  template <class T>
  std::vector<std::pair<std::vector<RegionId>, T>> sent() const {
    std::vector<std::pair<std::vector<RegionId>, T>> found;
    for (const Output& output : out) {
      const auto* publish = std::get_if<Publish>(&output);
      if (publish != nullptr && std::get_if<T>(&publish->message) != nullptr)
        found.emplace_back(publish->to, std::get<T>(publish->message));
    }
    return found;
  }

  Instant now = instant(0);
  Outputs out;
  Publisher publisher;
};

TEST_F(PublisherTest, SendsABatchOnceForAllReadersAtTheSamePlace) {
  publisher.put(now, "a", "1", out);
  publisher.put(now, "b", "1", out);
  EXPECT_TRUE(sent<Push>().empty());
  pass(milliseconds(20));
  ASSERT_EQ(sent<Push>().size(), 1U);
  EXPECT_EQ(sent<Push>()[0].first, (std::vector<RegionId>{kB, kC}));
  EXPECT_EQ(sent<Push>()[0].second.entries.size(), 2U);
}

TEST_F(PublisherTest, DoesNotWaitWhenABatchIsFull) {
  for (int i = 0; i < 256; ++i) publisher.put(now, "k" + std::to_string(i), "v", out);
  EXPECT_EQ(sent<Push>().size(), 1U);
}

TEST_F(PublisherTest, BeatsEverySecond) {
  pass(seconds(1));
  pass(seconds(1));
  ASSERT_EQ(sent<Heartbeat>().size(), 2U);
  EXPECT_EQ(publisher.next_deadline(), now + seconds(1));
}

TEST_F(PublisherTest, StopsAtTheWindowAndCoalescesBehindIt) {
  const Bytes large(60'000, 'x');
  for (int i = 0; i < 100; ++i) publisher.put(now, "k" + std::to_string(i), large, out);
  const std::size_t at_once = sent<Push>().size();
  EXPECT_LE(at_once, 19U);
  for (int i = 0; i < 1000; ++i) publisher.put(now, "hot", std::to_string(i), out);
  EXPECT_EQ(publisher.log().by_seq().size(), 101U);
  EXPECT_EQ(sent<Push>().size(), at_once);
  const Push last = sent<Push>().back().second;
  out.clear();
  answer(kB, Ack{kEpoch, last.last, {}});
  EXPECT_FALSE(sent<Push>().empty());
}

/// B's turns have 100 bytes, C gets all as it comes.
class PacedPublisherTest : public PublisherTest {
 protected:
  PacedPublisherTest() { publisher.set_pace(kB, 100, out); }
  void put(int count, const Bytes& payload) {
    for (int i = 0; i < count; ++i) publisher.put(now, "k" + std::to_string(i), payload, out);
    pass(milliseconds(20));
  }
  Heartbeat beat_for(RegionId reader) {
    out.clear();
    pass(seconds(1));
    for (const auto& [to, heartbeat] : sent<Heartbeat>()) {
      if (std::count(to.begin(), to.end(), reader) > 0) return heartbeat;
    }
    return {};
  }
};

TEST_F(PacedPublisherTest, SendsNothingBeforeItsTurnAndThenOneMessage) {
  put(10, Bytes(40, 'x'));
  ASSERT_EQ(sent<Push>().size(), 1U);
  EXPECT_EQ(sent<Push>()[0].first, std::vector<RegionId>{kC});
  EXPECT_TRUE(publisher.wants_turn(kB));
  EXPECT_EQ(publisher.waiting(kB), 10U);
  out.clear();
  publisher.take_turn(kB, out);
  ASSERT_EQ(sent<Push>().size(), 1U);
  EXPECT_EQ(sent<Push>()[0].second.entries.size(), 2U);
  for (int i = 0; i < 4; ++i) publisher.take_turn(kB, out);
  EXPECT_FALSE(publisher.wants_turn(kB));
  EXPECT_EQ(publisher.waiting(kB), 0U);
}

TEST_F(PacedPublisherTest, AHeartbeatSaysWhatTheReaderHoldsWhereHeIs) {
  put(1, "1");
  publisher.take_turn(kB, out);
  const Hash128 before = publisher.log().set_hash().total();
  put(1, "2");
  const Heartbeat said = beat_for(kB);
  EXPECT_EQ(said.head, 1U);
  EXPECT_EQ(said.set_hash, before);
  EXPECT_EQ(said.live, 1U);
  EXPECT_EQ(beat_for(kC).head, 2U);
  publisher.take_turn(kB, out);
  EXPECT_EQ(beat_for(kB), beat_for(kC));
}

TEST_F(PacedPublisherTest, AmidACatchUpItSaysThatWeLive) {
  put(10, Bytes(40, 'x'));
  publisher.take_turn(kB, out);
  EXPECT_EQ(beat_for(kB), (Heartbeat{kEpoch, 0, 0, 0, {}, false}));
}

/// What the set was where he is nobody knows any more.
TEST_F(PacedPublisherTest, OfAPlaceThatNobodyRemembersNothingIsSaid) {
  put(10, Bytes(40, 'x'));
  answer(kB, Pull{kEpoch, 3});
  EXPECT_EQ(beat_for(kB), (Heartbeat{kEpoch, 0, 0, 0, {}, false}));
}

TEST_F(PacedPublisherTest, AWholeSetGoesInPiecesOfATurn) {
  put(10, Bytes(40, 'x'));
  answer(kB, SnapshotRequest{kEpoch});
  out.clear();
  EXPECT_TRUE(publisher.wants_turn(kB));
  publisher.take_turn(kB, out);
  ASSERT_EQ(sent<Chunk>().size(), 1U);
  EXPECT_EQ(sent<Chunk>()[0].second.items.size(), 2U);
  EXPECT_EQ(sent<Chunk>()[0].second.count, 5U);
  EXPECT_EQ(publisher.waiting(kB), 8U);
}

TEST_F(PacedPublisherTest, WithoutTurnsAllThatWaitsGoesAtOnce) {
  put(10, Bytes(40, 'x'));
  out.clear();
  publisher.set_pace(kB, std::nullopt, out);
  ASSERT_EQ(sent<Push>().size(), 1U);
  EXPECT_EQ(sent<Push>()[0].second.entries.size(), 10U);
  EXPECT_FALSE(publisher.wants_turn(kB));
}

TEST_F(PublisherTest, ContinuesFromWhereAReaderPulls) {
  publisher.put(now, "a", "1", out);
  publisher.put(now, "b", "1", out);
  pass(milliseconds(20));
  out.clear();
  answer(kB, Pull{kEpoch, 1});
  ASSERT_EQ(sent<Push>().size(), 1U);
  EXPECT_EQ(sent<Push>()[0].second.prev, 1U);
  EXPECT_EQ(sent<Push>()[0].first, std::vector<RegionId>{kB});
}

TEST_F(PublisherTest, ResetsAReaderBelowTheForgottenRemovals) {
  publisher.put(now, "a", "1", out);
  publisher.erase(now, "a", out);
  pass(milliseconds(20));
  answer(kB, Ack{kEpoch, 2, {}});
  answer(kC, Ack{kEpoch, 2, {}});
  EXPECT_EQ(publisher.log().gc(), 2U);
  out.clear();
  answer(kB, Pull{kEpoch, 1});
  EXPECT_EQ(sent<Reset>().size(), 1U);
  EXPECT_TRUE(sent<Push>().empty());
}

TEST_F(PublisherTest, KeepsRemovalsForAReaderThatIsAway) {
  publisher.peer_down(kC);
  publisher.put(now, "a", "1", out);
  publisher.erase(now, "a", out);
  pass(milliseconds(20));
  answer(kB, Ack{kEpoch, 2, {}});
  EXPECT_EQ(publisher.log().tombstones(), 1U);
  publisher.remove_peer(kC);
  pass(seconds(1));
  EXPECT_EQ(publisher.log().tombstones(), 0U);
}

TEST_F(PublisherTest, WantsAHigherEpochWhenAReaderKnowsOne) {
  answer(kB, Ack{{2, 9}, 0, {}});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(std::get<EpochTooOld>(out[0]).known, (Epoch{2, 9}));
}

TEST_F(PublisherTest, WantsAHigherEpochWhenAReaderIsAheadOfTheLog) {
  answer(kB, Ack{kEpoch, 5, {}});
  EXPECT_NE(std::get_if<EpochTooOld>(&out.at(0)), nullptr);
  answer(kC, Pull{kEpoch, 5});
  EXPECT_NE(std::get_if<EpochTooOld>(&out.at(1)), nullptr);
}

TEST_F(PublisherTest, ProvesEqualityByTheReadersHash) {
  publisher.put(now, "a", "1", out);
  pass(milliseconds(20));
  answer(kB, Ack{kEpoch, 1, publisher.log().set_hash().total()});
  answer(kC, Ack{kEpoch, 1, {7, 7}});
  EXPECT_TRUE(publisher.proven_equal(kB));
  EXPECT_FALSE(publisher.proven_equal(kC));
  EXPECT_EQ(publisher.unacknowledged(kC), 0U);
}

TEST_F(PublisherTest, HoldsPushesBackWhileAReaderReloads) {
  publisher.put(now, "a", "1", out);
  pass(milliseconds(20));
  out.clear();
  answer(kB, SnapshotRequest{kEpoch});
  ASSERT_EQ(sent<Chunk>().size(), 1U);
  publisher.put(now, "b", "1", out);
  pass(milliseconds(20));
  ASSERT_EQ(sent<Push>().size(), 1U);
  EXPECT_EQ(sent<Push>()[0].first, std::vector<RegionId>{kC});
  out.clear();
  answer(kB, Ack{kEpoch, 1, {}});
  EXPECT_EQ(sent<Push>().size(), 1U);
}

TEST_F(PublisherTest, SendsOnlyWhatDiffersInARepair) {
  for (int i = 0; i < 100; ++i) publisher.put(now, "k" + std::to_string(i), "v", out);
  pass(milliseconds(20));
  out.clear();
  const std::uint64_t known = key_hash("k7");
  const auto bucket = static_cast<std::uint8_t>(bucket_of(known));
  const std::uint64_t unknown = (std::uint64_t{bucket} << 56U) | 1U;
  BucketRequest request{kEpoch, 100, {bucket}, {{unknown, 1}, {known, hash64("v")}}};
  std::sort(request.pairs.begin(), request.pairs.end());
  answer(kB, request);
  ASSERT_EQ(sent<Chunk>().size(), 1U);
  const Chunk chunk = sent<Chunk>()[0].second;
  EXPECT_EQ(chunk.absent, std::vector<std::uint64_t>{unknown});
  for (const Chunk::Item& item : chunk.items) EXPECT_NE(item.key, "k7");
  EXPECT_LT(chunk.items.size(), 10U);
}

TEST_F(PublisherTest, DropsWhatARegionAsksThatNothingIsPublishedTo) {
  answer(RegionId{9}, SnapshotRequest{kEpoch});
  EXPECT_NE(std::get_if<Dropped>(&out.at(0)), nullptr);
}

}  // namespace
}  // namespace syncer::replication
