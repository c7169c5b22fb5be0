// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/questions.h"

#include <gtest/gtest.h>

namespace syncer::peering {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Kind = wire::Question::Kind;

const Instant kStart = instant(0) + seconds(100);

/// Questions that are answered at once.
class AskedQuestions : public testing::Test {
 protected:
  bool ask(Instant now, const std::string& region, Kind kind = Kind::Explain) {
    wire::Question question;
    question.region = region;
    question.kind = kind;
    const bool taken = questions_.receive(now, LinkId{++links_}, question);
    questions_.take_received();
    return taken;
  }

  Questions questions_;
  std::uint64_t links_ = 0;
};

TEST_F(AskedQuestions, OneRegionHasItsAllowance) {
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += ask(kStart, "west") ? 1 : 0;
  EXPECT_EQ(taken, 20);
  EXPECT_FALSE(ask(kStart + milliseconds(199), "west"));
  EXPECT_TRUE(ask(kStart + milliseconds(200), "west"));
  EXPECT_FALSE(ask(kStart + milliseconds(200), "west"));
}

TEST_F(AskedQuestions, WhoComesUnderManyNamesHasOneForAllOfThem) {
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += ask(kStart + milliseconds(i), "zz" + std::to_string(i)) ? 1 : 0;
  EXPECT_LE(taken, 100 + 10 * 50);
  EXPECT_GE(taken, 10 * 50) << "names that are refused take nobody's place";
}

TEST_F(AskedQuestions, WhatCostsNothingIsNotCountedForAll) {
  while (ask(kStart, "zz" + std::to_string(links_))) continue;
  EXPECT_FALSE(ask(kStart, "west"));
  EXPECT_TRUE(ask(kStart, "west", Kind::Ages));
}

}  // namespace
}  // namespace syncer::peering
