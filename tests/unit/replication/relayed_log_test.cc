// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/relayed_log.h"

#include <gtest/gtest.h>

#include "syncer/replication/replication.h"

namespace syncer::replication {
namespace {

constexpr RegionId kOrigin{1};
constexpr RegionId kRelay{2};
constexpr RegionId kReader{3};

/// An origin, a relay and a reader; each message arrives at once, unless the reader is cut off.
class RelayedLogTest : public ::testing::Test {
 protected:
  RelayedLogTest() {
    origin.open_epoch(now, {1, 4}, {{"a", "1"}, {"b", "2"}}, out);
    origin.add_peer(kRelay);
    origin.reader_up(kRelay, out);
    relay.pass_on(now, kOrigin, kReader);
    settle();
  }

  void put(const Bytes& key, const Bytes& payload) {
    origin.put(now, key, payload, out);
    flush();
  }
  void flush() {
    now += std::chrono::milliseconds(20);
    origin.advance(now, out);
    settle();
  }
  void beat() {
    now += std::chrono::seconds(1);
    origin.advance(now, out);
    settle();
  }

  /// Carries what is said until all is said.
  void settle() {
    while (!out.empty()) {
      Outputs said = std::exchange(out, {});
      for (Output& output : said) carry(output);
    }
  }
  void carry(Output& output) {
    if (auto* told = std::get_if<Publish>(&output)) {
      relay.receive(now, kOrigin, told->message, at_relay);
      for (Output& next : std::exchange(at_relay, {})) from_relay(next);
    }
  }
  void from_relay(Output& output) {
    if (auto* asked = std::get_if<Ask>(&output)) origin.receive(now, kRelay, asked->message, out);
    auto* passed = std::get_if<PassOn>(&output);
    if (passed == nullptr) return;
    passed_on.push_back(passed->message);
    if (cut) return;
    Outputs answers;
    reader.receive(now, kOrigin, passed->message, answers);
    for (Output& answer : answers) {
      const auto* asked = std::get_if<Ask>(&answer);
      if (asked == nullptr) continue;
      Outputs more;
      relay.receive(now, kOrigin, kReader, asked->message, more);
      for (Output& next : more) from_relay(next);
    }
  }
  bool reader_equals_origin() {
    const Replica* replica = reader.replica(kOrigin);
    return replica != nullptr && replica->consistent() && replica->version() == Version{{1, 4}, origin.log().head()} &&
           replica->set_hash() == origin.log().set_hash().total();
  }

  Instant now = instant(0);
  Replication origin{{}, now};
  Replication relay{{}, now};
  Replication reader{{}, now};
  Outputs out;
  Outputs at_relay;
  std::vector<WriterMessage> passed_on;
  bool cut = false;
};

TEST_F(RelayedLogTest, HasTheOriginsVersionsAndSet) {
  beat();
  EXPECT_TRUE(reader_equals_origin());
  put("c", "3");
  put("a", "4");
  origin.erase(now, "b", out);
  flush();
  EXPECT_TRUE(reader_equals_origin());
  EXPECT_EQ(relay.relayed(kOrigin)->log().head(), origin.log().head());
  // A log that begins with fewer records than there were entries knows nothing of those before.
  relay.stop_passing_on(kOrigin, kReader);
  relay.pass_on(now, kOrigin, kReader);
  EXPECT_EQ(relay.relayed(kOrigin)->log().head(), origin.log().head());
  EXPECT_EQ(relay.relayed(kOrigin)->log().gc(), origin.log().head());
}

/// What waited for its turn when nothing was held of the region any more is owed to nobody.
TEST_F(RelayedLogTest, WantsNoTurnsOfWhatEnded) {
  beat();
  relay.set_pace(kReader, 1000, at_relay);
  put("c", "3");
  ASSERT_EQ(relay.wanting(kReader), std::vector<RegionId>{kOrigin});
  ASSERT_EQ(relay.waiting_records(kReader), 1U);
  relay.forget(kOrigin, at_relay);
  EXPECT_TRUE(relay.wanting(kReader).empty());
  EXPECT_EQ(relay.waiting_records(kReader), 0U);
  at_relay.clear();
  relay.set_pace(kReader, std::nullopt, at_relay);
  EXPECT_TRUE(at_relay.empty()) << "nothing of it is sent";
}

TEST_F(RelayedLogTest, SaysNothingByItself) {
  beat();
  passed_on.clear();
  now += std::chrono::minutes(1);
  relay.advance(now, at_relay);
  EXPECT_TRUE(at_relay.empty());
  beat();
  EXPECT_EQ(passed_on.size(), 1U);
}

TEST_F(RelayedLogTest, AReaderThatWasAwayGoesOnWhereItWas) {
  beat();
  cut = true;
  put("c", "3");
  put("d", "4");
  cut = false;
  relay.stop_passing_on(kOrigin, kReader);
  relay.pass_on(now, kOrigin, RegionId{9});
  relay.pass_on(now, kOrigin, kReader);
  beat();
  beat();
  EXPECT_TRUE(reader_equals_origin());
}

TEST_F(RelayedLogTest, AReaderGoesOnAtTheOriginItself) {
  beat();
  put("c", "3");
  Outputs answers;
  reader.writer_up(kOrigin);
  const Heartbeat heartbeat{{1, 4}, origin.log().head(), origin.log().gc(), 3, origin.log().set_hash().total(), true};
  EXPECT_EQ(reader.receive(now, kOrigin, heartbeat, answers), Heard::Proof);
}

TEST_F(RelayedLogTest, AReaderThatIsAheadOfItWaitsForIt) {
  beat();
  const OwnLog before = origin.log();
  origin.put(now, "c", "3", out);
  now += std::chrono::milliseconds(20);
  origin.advance(now, out);
  Outputs ignored;
  for (const Output& output : out) {
    if (const auto* told = std::get_if<Publish>(&output)) reader.receive(now, kOrigin, told->message, ignored);
  }
  EXPECT_TRUE(reader_equals_origin());
  // The relay has not heard of it.
  relay.receive(now, kOrigin, Heartbeat{{1, 4}, before.head(), 0, before.live(), before.set_hash().total(), true},
                at_relay);
  for (Output& next : std::exchange(at_relay, {})) {
    EXPECT_FALSE(std::holds_alternative<EpochTooOld>(next));
    from_relay(next);
  }
  EXPECT_TRUE(reader_equals_origin());
  settle();
  put("d", "4");
  EXPECT_TRUE(reader_equals_origin());
}

/// A push that leaves out what was replaced later brings a set that the origin never had.
TEST_F(RelayedLogTest, WaitsUntilACatchUpIsWhole) {
  beat();
  passed_on.clear();
  const std::uint64_t head = origin.log().head();
  SetHash set = origin.log().set_hash();
  set.add("c", hash64("3"));
  set.add("d", hash64("4"));
  Outputs ignored;
  relay.receive(now, kOrigin, Push{{1, 4}, head, head + 1, head + 5, {}, {{head + 1, Op::Put, "c", "3"}}}, ignored);
  EXPECT_EQ(relay.relayed(kOrigin)->log().head(), head);
  for (const Output& output : ignored) EXPECT_FALSE(std::holds_alternative<PassOn>(output));
  relay.receive(now, kOrigin, Push{{1, 4}, head + 1, head + 5, head + 5, set.total(), {{head + 5, Op::Put, "d", "4"}}},
                ignored);
  EXPECT_EQ(relay.relayed(kOrigin)->log().head(), head + 5);
  EXPECT_EQ(relay.relayed(kOrigin)->log().set_hash().total(), set.total());
}

TEST_F(RelayedLogTest, EndsWithItsLastReader) {
  EXPECT_EQ(relay.sizes().relayed, 1U);
  relay.stop_passing_on(kOrigin, kReader);
  EXPECT_EQ(relay.sizes().relayed, 0U);
}

/// More records than there were entries: such a writer lies.
/// Its id is another region's next.
TEST_F(RelayedLogTest, EndsWithItsOrigin) {
  ASSERT_NE(relay.relayed(kOrigin), nullptr);
  relay.erase_peer(kOrigin);
  EXPECT_EQ(relay.relayed(kOrigin), nullptr);
}

TEST_F(RelayedLogTest, PassesNoSetOnThatNoLogCouldHave) {
  Replication other{{}, now};
  other.pass_on(now, kOrigin, kReader);
  SetHash set;
  set.add("a", hash64("1"));
  set.add("b", hash64("2"));
  Outputs said;
  other.receive(now, kOrigin, Heartbeat{{1, 1}, 1, 0, 2, set.total(), true}, said);
  other.receive(now, kOrigin, Chunk{{1, 1}, 1, true, 0, 1, 2, set.total(), {{"a", "1"}, {"b", "2"}}, {}}, said);
  ASSERT_EQ(other.replica(kOrigin)->size(), 2U);
  for (const Output& output : said) EXPECT_FALSE(std::holds_alternative<PassOn>(output));
}

}  // namespace
}  // namespace syncer::replication
