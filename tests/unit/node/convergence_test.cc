// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/convergence.h"

#include <gtest/gtest.h>

namespace syncer::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Version kPlace = {{3, 1}, 17};
const Instant kStart = instant(0) + seconds(100);

TEST(Convergence, NoClockIsComparedAndTheErrorIsHalfOfTheRoundTrip) {
  Convergence here;
  here.written(kStart + seconds(2), "east", kPlace);
  here.asked(kStart + seconds(5), "east", 7);
  // The origin's clock is hours ahead: only the age travels. It was seen 5.1 s before the answer left.
  const auto age_of = [](Version at) {
    return at == kPlace ? std::optional<Duration>(milliseconds(5100)) : std::nullopt;
  };
  Convergence again;
  again.written(kStart, "east", kPlace);
  const auto answer = answer_ages(again.question("east"), age_of);
  ASSERT_TRUE(answer);
  EXPECT_TRUE(here.answered(kStart + milliseconds(5200), 7, *answer));
  const auto times = here.take();
  ASSERT_EQ(times.size(), 1U);
  EXPECT_EQ(times[0].origin, "east");
  EXPECT_EQ(times[0].time, seconds(2));
}

TEST(Convergence, WhatTheOriginDoesNotRememberIsNoSample) {
  Convergence here;
  here.written(kStart, "east", kPlace);
  const std::string question = here.question("east");
  here.asked(kStart, "east", 7);
  EXPECT_TRUE(here.regions().empty());
  EXPECT_FALSE(here.answered(kStart, 8, Bytes())) << "another question";
  EXPECT_TRUE(here.answered(kStart, 7, answer_ages(question, [](Version) { return std::nullopt; })));
  EXPECT_TRUE(here.take().empty());
  here.written(kStart, "east", kPlace);
  here.asked(kStart, "east", 9);
  EXPECT_TRUE(here.answered(kStart, 9, Bytes("\xff\xff"))) << "and an answer that does not parse is none";
  EXPECT_TRUE(here.take().empty());
}

TEST(Convergence, ARegionThatIsForgottenIsAskedNothing) {
  Convergence here;
  here.written(kStart, "east", kPlace);
  here.written(kStart, "west", kPlace);
  here.forget("east");
  EXPECT_EQ(here.regions(), std::vector<std::string>{"west"});
  EXPECT_EQ(here.question("east"), "");
}

TEST(Convergence, AQuestionIsBoundedAndOthersAreRefused) {
  Convergence here;
  for (std::uint64_t i = 0; i < 1000; ++i) here.written(kStart, "east", {{UINT64_MAX, UINT64_MAX}, UINT64_MAX - i});
  EXPECT_LE(here.question("east").size(), 512U);
  const auto none = [](Version) { return std::nullopt; };
  std::string many = "1.1 1";
  for (int i = 0; i < 50; ++i) many += ",1.1 1";
  for (const std::string& question : {many, std::string("x"), std::string("1.1"), std::string("1.1 -1")}) {
    EXPECT_FALSE(answer_ages(question, none)) << question;
  }
}

}  // namespace
}  // namespace syncer::node
