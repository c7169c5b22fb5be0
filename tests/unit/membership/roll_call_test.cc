// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/roll_call.h"

#include <gtest/gtest.h>

namespace syncer::membership {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class RollCallTest : public testing::Test {
 protected:
  /// Pings whoever is due; gives their names.
  std::vector<std::string> ask() {
    const auto due = call.take_due(now);
    for (const std::string& name : due) call.asked(now, name, ++seq);
    return due;
  }

  using Names = std::vector<std::string>;
  Instant now = instant(5'000'000'000);
  RollCall call;
  std::uint32_t seq = 100;
};

TEST_F(RollCallTest, EndsWhenAllHaveAnswered) {
  call.begin(now, {"b", "c"});
  EXPECT_EQ(ask(), (Names{"b", "c"}));
  EXPECT_EQ(call.next_deadline(), now + seconds(1));
  now += milliseconds(20);
  EXPECT_TRUE(call.answered(now, 101));
  EXPECT_FALSE(call.answered(now, 101)) << "once";
  EXPECT_FALSE(call.take_result());
  now += milliseconds(20);
  EXPECT_TRUE(call.answered(now, 102));
  const auto result = call.take_result();
  ASSERT_TRUE(result);
  ASSERT_EQ(result->size(), 2U);
  EXPECT_EQ((*result)[0].rtt, milliseconds(20));
  EXPECT_EQ((*result)[1].rtt, milliseconds(40));
  EXPECT_FALSE(call.take_result()) << "once";
  EXPECT_EQ(call.next_deadline(), kNever);
}

TEST_F(RollCallTest, ALostPacketIsNoAbsenceAndSilenceIs) {
  call.begin(now, {"b", "c"});
  ask();
  now += seconds(1);
  EXPECT_EQ(ask(), (Names{"b", "c"}));
  now += milliseconds(30);
  EXPECT_TRUE(call.answered(now, 103));
  now += seconds(1);
  EXPECT_EQ(ask(), Names{"c"});
  EXPECT_FALSE(call.take_result());
  now += seconds(1);
  EXPECT_TRUE(ask().empty());
  const auto result = call.take_result();
  ASSERT_TRUE(result);
  EXPECT_EQ((*result)[0].rtt, milliseconds(30)) << "since the ping that it answers";
  EXPECT_FALSE((*result)[1].rtt);
  EXPECT_EQ(call.next_deadline(), kNever);
  EXPECT_FALSE(call.answered(now, 105)) << "too late for this one, and for the next";
}

TEST_F(RollCallTest, OfNobodyThereIsAnAnswerAtOnce) {
  call.begin(now, {});
  EXPECT_TRUE(ask().empty());
  ASSERT_TRUE(call.take_result());
}

TEST_F(RollCallTest, ANewOneForgetsTheFormer) {
  call.begin(now, {"b"});
  ask();
  call.begin(now, {"c"});
  EXPECT_EQ(ask(), Names{"c"});
  EXPECT_FALSE(call.answered(now, 101));
  EXPECT_TRUE(call.answered(now, 102));
  EXPECT_EQ(call.take_result()->size(), 1U);
}

}  // namespace
}  // namespace syncer::membership
