// SPDX-License-Identifier: Apache-2.0
#include "syncer/httpio/connection_places.h"

#include <gtest/gtest.h>

namespace syncer::httpio {
namespace {

TEST(ConnectionPlaces, EverybodyFindsOneWhileThereAreSome) {
  ConnectionPlaces places(3);
  for (ConnectionPlaces::Id id = 1; id <= 3; ++id) EXPECT_EQ(places.take(id, "a"), std::nullopt);
  places.leave(2);
  EXPECT_EQ(places.take(4, "b"), std::nullopt);
  EXPECT_EQ(places.size(), 3U);
}

TEST(ConnectionPlaces, WhoHasMostGivesItsOldestAway) {
  ConnectionPlaces places(4);
  places.take(1, "operator");
  for (ConnectionPlaces::Id id = 2; id <= 4; ++id) places.take(id, "flood");
  EXPECT_EQ(places.take(5, "flood"), 2U);
  EXPECT_EQ(places.take(6, "flood"), 3U);
  EXPECT_EQ(places.take(7, "probe"), 4U);
  EXPECT_EQ(places.size(), 4U);
  for (ConnectionPlaces::Id id = 8; id < 1000; ++id) EXPECT_NE(places.take(id, "flood"), 1U) << "the operator's stays";
}

TEST(ConnectionPlaces, LeavingTwiceIsLeavingOnce) {
  ConnectionPlaces places(1);
  places.take(1, "a");
  EXPECT_EQ(places.take(2, "a"), 1U);
  places.leave(1);
  EXPECT_EQ(places.size(), 1U);
  places.leave(2);
  places.leave(2);
  EXPECT_EQ(places.size(), 0U);
}

}  // namespace
}  // namespace syncer::httpio
