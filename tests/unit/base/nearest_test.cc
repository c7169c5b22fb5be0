// SPDX-License-Identifier: Apache-2.0
#include "syncer/base/nearest.h"

#include <gtest/gtest.h>

#include <array>

namespace syncer {
namespace {

constexpr std::array<std::string_view, 4> kKnown = {"gossip.fanout", "gossip.interval", "node", "mode"};

TEST(Nearest, FindsTheWordWithOneLetterWrongMissingOrSwapped) {
  EXPECT_EQ(nearest_word("gossip.fanuot", kKnown), "gossip.fanout");
  EXPECT_EQ(nearest_word("gosip.interval", kKnown), "gossip.interval");
  EXPECT_EQ(nearest_word("nodr", kKnown), "node");
}

TEST(Nearest, FindsTheWordThatContainsIt) { EXPECT_EQ(nearest_word("fanout", kKnown), "gossip.fanout"); }

TEST(Nearest, SaysNothingWhenNothingIsClose) {
  EXPECT_EQ(nearest_word("zebra", kKnown), "");
  EXPECT_EQ(nearest_word("", kKnown), "");
  EXPECT_EQ(nearest_word(std::string(1000, 'x'), kKnown), "");
}

TEST(Nearest, MakesTheEndOfAMessage) {
  EXPECT_EQ(did_you_mean("nod", kKnown), ", did you mean \"node\"?");
  EXPECT_EQ(did_you_mean("zebra", kKnown), "");
}

}  // namespace
}  // namespace syncer
