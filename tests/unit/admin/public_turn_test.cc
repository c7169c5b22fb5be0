// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/public_turn.h"

#include <gtest/gtest.h>

namespace syncer::admin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(PublicTurn, IsOneAtATimeAndOneASecond) {
  PublicTurn turn;
  Instant now = instant(1'000'000'000'000);
  EXPECT_TRUE(turn.begin(now));
  turn.end();
  EXPECT_FALSE(turn.begin(now + milliseconds(999)));
  now += seconds(1);
  EXPECT_TRUE(turn.begin(now));
  now += seconds(4);
  EXPECT_FALSE(turn.begin(now)) << "the other one still waits";
  turn.end();
  EXPECT_TRUE(turn.begin(now));
}

}  // namespace
}  // namespace syncer::admin
