// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/audiences.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "syncer/replication/replication.h"

namespace syncer::replication {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Epoch kEpoch{1, 1};
constexpr RegionId kB{1};
constexpr RegionId kC{2};
constexpr Duration kPace = milliseconds(100);

/// Withholds keys that begin with a letter.
View without(char letter) {
  return [letter](const Bytes& key, const Bytes& payload) -> Seen {
    if (key.front() == letter) return {key, std::nullopt, 1};
    return {key, payload, 0};
  };
}

/// A writer with the records a1, b1 and b2, and two readers of which the second has a view of its own.
class AudiencesTest : public ::testing::Test {
 protected:
  AudiencesTest() : core(Options{}, now) {
    core.open_epoch(now, kEpoch, {{"a1", "x"}, {"b1", "x"}, {"b2", "x"}}, out);
    for (const RegionId peer : {kB, kC}) {
      core.add_peer(peer);
      core.reader_up(peer, out);
    }
    core.set_view(now, kC, without('b'), kPace, false, out);
    out.clear();
  }

  void pass(Duration time) {
    now += time;
    core.advance(now, out);
  }
  std::set<Bytes> shown_to(RegionId peer) const {
    std::set<Bytes> keys;
    for (const auto& record : core.publisher(peer).log().snapshot()) keys.insert(record->key);
    return keys;
  }
  std::size_t appended() const {
    return static_cast<std::size_t>(std::count_if(
        out.begin(), out.end(), [](const Output& output) { return std::holds_alternative<Appended>(output); }));
  }

  Instant now = instant(1'000'000'000);
  Outputs out;
  Replication core;
};

using Keys = std::set<Bytes>;

TEST_F(AudiencesTest, WhatAViewTakesAwayLeavesAtItsPaceAndOnlyThere) {
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b1", "b2"}));
  pass(Duration::zero());
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b2"}));
  pass(kPace);
  EXPECT_EQ(shown_to(kC), Keys{"a1"});
  EXPECT_EQ(shown_to(kB), (Keys{"a1", "b1", "b2"}));
}

TEST_F(AudiencesTest, ChangesGoToWhoMaySeeThem) {
  core.put(now, "b3", "x", out);
  core.put(now, "a2", "x", out);
  core.erase(now, "a1", out);
  EXPECT_EQ(shown_to(kB), (Keys{"a2", "b1", "b2", "b3"}));
  EXPECT_FALSE(shown_to(kC).contains("b3"));
  EXPECT_TRUE(shown_to(kC).contains("a2"));
  EXPECT_FALSE(shown_to(kC).contains("a1"));
  EXPECT_EQ(appended(), 3U) << "the log that all others read is what is told of";
}

TEST_F(AudiencesTest, AllLogsCountTogether) {
  pass(Duration::zero());
  pass(kPace);
  const std::uint64_t ahead = core.publisher(kC).log().head();
  EXPECT_GT(ahead, core.publisher(kB).log().head());
  core.put(now, "a2", "x", out);
  EXPECT_GT(core.publisher(kB).log().head(), ahead);
  EXPECT_GE(core.publisher(kC).log().head(), core.publisher(kB).log().head());
}

TEST_F(AudiencesTest, ANewEpochShowsTheSameAndGoesOnWithWhatIsLeaving) {
  core.open_epoch(now, {1, 2}, {{"a1", "x"}, {"a2", "x"}, {"b2", "x"}}, out);
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "a2", "b2"}));
  EXPECT_EQ(core.publisher(kC).log().epoch(), (Epoch{1, 2}));
  pass(seconds(1));
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "a2"}));
}

TEST_F(AudiencesTest, AnotherViewBringsBackWhatItShows) {
  pass(Duration::zero());
  core.set_view(now, kC, open_view(), kPace, false, out);
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b1", "b2"}));
  pass(seconds(1));
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b1", "b2"}));
}

TEST_F(AudiencesTest, ANewcomerNeverSeesWhatIsWithheldFromHim) {
  constexpr RegionId kD{3};
  core.set_view(now, kD, without('b'), kPace, true, out);
  core.add_peer(kD);
  core.reader_up(kD, out);
  EXPECT_EQ(shown_to(kD), Keys{"a1"});
  EXPECT_TRUE(core.projection(kD)->leaving().empty());
}

TEST_F(AudiencesTest, AForgottenReaderLeavesNothingBehind) {
  const std::uint64_t ahead = core.publisher(kC).log().head();
  core.erase_peer(kC);
  EXPECT_FALSE(core.has_view(kC));
  core.put(now, "a2", "x", out);
  EXPECT_GT(core.log().head(), ahead);
}

/// Another region gets the number of one that was forgotten, and none of its pace.
TEST_F(AudiencesTest, APaceGoesWithItsReader) {
  core.set_pace(kB, 1000, out);
  core.pause(kB);
  core.erase_peer(kB);
  core.add_peer(kB);
  core.reader_up(kB, out);
  core.receive(now, kB, Ack{kEpoch, core.log().head(), core.log().set_hash().total()}, out);
  core.put(now, "a2", "x", out);
  out.clear();
  pass(seconds(1));
  EXPECT_TRUE(core.wanting(kB).empty());
  EXPECT_TRUE(std::any_of(out.begin(), out.end(), [](const Output& output) {
    const auto* told = std::get_if<Publish>(&output);
    return told != nullptr && std::holds_alternative<Push>(told->message) &&
           std::count(told->to.begin(), told->to.end(), kB) == 1;
  }));
}

TEST_F(AudiencesTest, APausedReaderIsToldNothingAndThenAllThatBecameOfIt) {
  core.pause(kB);
  const std::uint64_t head = core.publisher(kB).log().head();
  core.put(now, "a2", "x", out);
  core.put(now, "b1", "y", out);
  core.erase(now, "a1", out);
  pass(seconds(5));
  pass(seconds(5));
  EXPECT_EQ(shown_to(kB), (Keys{"a1", "b1", "b2"}));
  EXPECT_EQ(core.publisher(kB).log().head(), head);
  EXPECT_EQ(*core.publisher(kB).log().find("b1"), "x");
  EXPECT_EQ(shown_to(kC), Keys{"a2"}) << "nobody else is paused";
  ASSERT_NE(core.waiting(kB), nullptr);
  EXPECT_EQ(*core.waiting(kB), (Keys{"a1", "a2", "b1"}));

  core.resume(now, kB, out);
  EXPECT_EQ(shown_to(kB), (Keys{"a2", "b1", "b2"}));
  EXPECT_EQ(*core.publisher(kB).log().find("b1"), "y");
  EXPECT_EQ(core.publisher(kB).log().tombstones(), 1U) << "it is told as a removal, not found missing by a repair";
  EXPECT_GT(core.publisher(kB).log().head(), core.log().head()) << "its entries are news to whoever knows the others";
  EXPECT_EQ(core.waiting(kB), nullptr);
  core.put(now, "a3", "x", out);
  EXPECT_EQ(shown_to(kB), (Keys{"a2", "a3", "b1", "b2"}));
}

TEST_F(AudiencesTest, APausedReaderHearsOfANewEpochAndOfNothingElse) {
  core.pause(kB);
  core.put(now, "a2", "x", out);
  core.open_epoch(now, {1, 2}, {{"a2", "x"}, {"b1", "y"}, {"b2", "x"}}, out);
  EXPECT_EQ(core.publisher(kB).log().epoch(), (Epoch{1, 2}));
  EXPECT_EQ(shown_to(kB), (Keys{"a1", "b1", "b2"}));
  EXPECT_EQ(*core.waiting(kB), (Keys{"a1", "a2", "b1"}));
  core.resume(now, kB, out);
  EXPECT_EQ(shown_to(kB), (Keys{"a2", "b1", "b2"}));
  EXPECT_EQ(*core.publisher(kB).log().find("b1"), "y");
}

TEST_F(AudiencesTest, AViewThatIsSetDuringAPauseIsInForceAfterIt) {
  core.pause(kC);
  pass(seconds(1));
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b1", "b2"})) << "what was leaving waits, too";
  core.set_view(now, kC, without('a'), kPace, false, out);
  core.put(now, "a2", "x", out);
  core.put(now, "b3", "x", out);
  core.erase(now, "b1", out);
  pass(seconds(1));
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b1", "b2"}));
  core.resume(now, kC, out);
  EXPECT_EQ(shown_to(kC), (Keys{"a1", "b2", "b3"}));
  pass(seconds(1));
  EXPECT_EQ(shown_to(kC), (Keys{"b2", "b3"}));
}

TEST_F(AudiencesTest, WhatComesAndGoesDuringAPauseLeavesNothingBehind) {
  core.pause(kB);
  core.pause(kC);
  for (int i = 0; i < 1000; ++i) {
    const Bytes key = "a" + std::to_string(1000 + i);
    core.put(now, key, "x", out);
    core.put(now, key, "y", out);
    core.erase(now, key, out);
    core.put(now, "b" + key, "x", out);
    core.erase(now, "b" + key, out);
  }
  core.put(now, "a2", "x", out);
  core.erase(now, "a1", out);
  EXPECT_EQ(*core.waiting(kB), (Keys{"a1", "a2"}));
  EXPECT_EQ(*core.waiting(kC), (Keys{"a1", "a2"}));
  core.put(now, "a3", "x", out);
  core.open_epoch(now, {1, 2}, {{"a2", "x"}, {"b1", "x"}, {"b2", "x"}}, out);
  EXPECT_EQ(*core.waiting(kB), (Keys{"a1", "a2"})) << "a new epoch brings no more";
  core.resume(now, kB, out);
  core.resume(now, kC, out);
  EXPECT_EQ(shown_to(kB), (Keys{"a2", "b1", "b2"}));
  EXPECT_EQ(core.publisher(kB).log().tombstones(), 1U) << "of a1 alone";
  pass(kPace);
  pass(kPace);
  EXPECT_EQ(shown_to(kC), Keys{"a2"});
}

TEST_F(AudiencesTest, AViewThatIsSetBeforeTheFirstEpochIsInForceInItThoughTheReaderIsPaused) {
  Replication fresh(Options{}, now);
  fresh.add_peer(kB);
  fresh.pause(kB);
  fresh.set_view(now, kB, without('b'), kPace, false, out);
  fresh.open_epoch(now, kEpoch, {{"a1", "x"}, {"b1", "x"}}, out);
  const auto& log = fresh.publisher(kB).log();
  EXPECT_NE(log.find("a1"), nullptr);
  EXPECT_EQ(log.find("b1"), nullptr) << "what the view withholds was told";
  fresh.put(now, "a2", "x", out);
  EXPECT_EQ(log.find("a2"), nullptr);
  fresh.resume(now, kB, out);
  EXPECT_NE(log.find("a2"), nullptr);
  EXPECT_EQ(log.find("b1"), nullptr);
}

TEST_F(AudiencesTest, AForgottenReaderIsPausedNoMore) {
  core.pause(kB);
  core.erase_peer(kB);
  EXPECT_EQ(core.waiting(kB), nullptr);
  core.resume(now, kB, out);
  EXPECT_FALSE(core.has_view(kB));
}

}  // namespace
}  // namespace syncer::replication
