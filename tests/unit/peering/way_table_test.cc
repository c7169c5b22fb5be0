// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/way_table.h"

#include <gtest/gtest.h>

namespace syncer::peering {
namespace {

using std::chrono::seconds;
using Names = std::vector<std::string>;

wire::Way way(const std::string& region, Names via, std::uint64_t run = 1) {
  return {region, run, std::move(via), {true, {}}};
}

TEST(WayTable, TakesTheShortestWayAndOfEqualOnesTheFirstByName) {
  WayTable table("me");
  table.offer("b", {way("far", {"b", "c"})});
  EXPECT_EQ(table.best(instant(0), "far"), "b");
  table.offer("x", {way("far", {"x"})});
  table.offer("y", {way("far", {"y"})});
  EXPECT_EQ(table.best(instant(0), "far"), "x");
  table.withdraw("x");
  EXPECT_EQ(table.best(instant(0), "far"), "y");
  EXPECT_EQ(table.best(instant(0), "elsewhere"), std::nullopt);
}

TEST(WayTable, TakesNoWayThatPassesItselfTurnsOrIsTooLong) {
  WayTable table("me");
  const std::vector<std::pair<std::string, wire::Way>> bad = {
      {"b", way("far", {"b", "me"})}, {"b", way("far", {"b", "far"})}, {"b", way("far", {"b", "b"})},
      {"b", way("me", {"b"})},        {"b", way("far", {"c", "b"})},   {"b", way("far", {})},
      {"far", way("far", {"far"})},   {"b", way("", {"b"})},           {"b", way("far", {"b", "c", "d"})},
  };
  for (const auto& [neighbour, offered] : bad) {
    table.offer(neighbour, {offered});
    EXPECT_EQ(table.find(offered.region, neighbour), nullptr) << neighbour << " " << offered.via.size();
  }
  table.offer("b", {way("far", {"b", "c"})});
  EXPECT_NE(table.find("far", "b"), nullptr);
}

TEST(WayTable, KeepsNothingOfRegionsThatNobodyOffersAnyMore) {
  WayTable table("me");
  for (int i = 0; i < 100; ++i) table.offer("b", {way("far" + std::to_string(i), {"b"})});
  EXPECT_EQ(table.size(), 1U);
  table.withdraw("b");
  EXPECT_EQ(table.size(), 0U);
}

TEST(WayTable, ARegionsOwnWayIsNoWayAround) {
  WayTable table("me");
  table.offer("far", {way("far", {})});
  EXPECT_NE(table.find("far", "far"), nullptr);
  EXPECT_EQ(table.best(instant(0), "far"), std::nullopt);
}

TEST(WayTable, LeavesAWayAloneThatBroughtNothingUntilItIsAnother) {
  WayTable table("me");
  table.offer("b", {way("far", {"b"})});
  table.failed(instant(0), "far", "b");
  EXPECT_EQ(table.best(instant(0), "far"), std::nullopt);
  table.offer("b", {way("far", {"b"})});
  EXPECT_EQ(table.best(instant(0), "far"), std::nullopt);
  EXPECT_EQ(table.best(instant(0) + WayTable::kPause, "far"), "b");
  table.failed(instant(0), "far", "b");
  table.offer("b", {way("far", {"b"}, 2)});
  EXPECT_EQ(table.best(instant(0), "far"), "b");
}

/// A neighbour that brings nothing and offers another way each time.
TEST(WayTable, PrefersOthersToAWayThatBroughtNothingTwiceWhateverItIs) {
  WayTable table("me");
  table.offer("b", {way("far", {"b"})});
  table.offer("c", {way("far", {"c", "d"})});
  EXPECT_EQ(table.best(instant(0), "far"), "b");
  table.failed(instant(0), "far", "b");
  EXPECT_EQ(table.best(instant(0), "far"), "c");
  table.offer("b", {way("far", {"b"}, 2)});
  EXPECT_EQ(table.best(instant(0), "far"), "b") << "its region may have started anew";
  const Instant again = instant(0) + seconds(5);
  table.failed(again, "far", "b");
  table.offer("b", {way("far", {"b"}, 3)});
  EXPECT_EQ(table.best(again, "far"), "c");
  table.withdraw("b");
  table.offer("b", {way("far", {"b"}, 4)});
  EXPECT_EQ(table.best(again + WayTable::kDistrust - seconds(1), "far"), "c");
  EXPECT_EQ(table.best(again + WayTable::kDistrust, "far"), "b");
  table.withdraw("c");
  EXPECT_EQ(table.best(again + seconds(1), "far"), "b") << "there is no other one";
}

TEST(WayTable, AWayThatFailsSeldomIsNoWorseThanAnother) {
  WayTable table("me");
  table.offer("b", {way("far", {"b"})});
  table.offer("c", {way("far", {"c", "d"})});
  table.failed(instant(0), "far", "b");
  const Instant later = instant(0) + WayTable::kDistrust;
  table.failed(later, "far", "b");
  EXPECT_EQ(table.best(later + WayTable::kPause, "far"), "b");
}

}  // namespace
}  // namespace syncer::peering
