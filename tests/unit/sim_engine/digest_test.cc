// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/digest.h"

#include <gtest/gtest.h>

#include "sim/engine/draws.h"

namespace sim::engine {
namespace {

using syncer::instant;

/// A run of `length` events, with another payload at event `odd`.
Run run(std::uint64_t length, std::uint64_t odd) {
  return [=](Window window) {
    Digest digest;
    digest.capture(window);
    for (std::uint64_t i = 0; i < length; ++i)
      digest.add(instant(static_cast<std::int64_t>(i)), 1, 2, i == odd ? 9 : 0);
    return digest;
  };
}
constexpr std::uint64_t kNone = ~0ULL;

TEST(Digest, DiffersWhenADrawDiffers) {
  Digest a;
  Digest b;
  a.draw(1);
  b.draw(2);
  a.add(instant(1), 0, 0, 0);
  b.add(instant(1), 0, 0, 0);
  EXPECT_NE(a.value(), b.value());
}

TEST(Digest, KeepsACheckpointEach1024Events) {
  EXPECT_EQ(run(1023, kNone)({}).checkpoints().size(), 0U);
  EXPECT_EQ(run(4096, kNone)({}).checkpoints().size(), 4U);
}

TEST(Digest, CapturesOnlyItsWindow) {
  const Digest digest = run(100, kNone)({10, 13});
  ASSERT_EQ(digest.captured().size(), 3U);
  EXPECT_EQ(digest.captured()[0].at, instant(10));
}

TEST(DoubleRun, FindsNothingInEqualRuns) { EXPECT_FALSE(compare_runs(run(5000, kNone), run(5000, kNone))); }

TEST(DoubleRun, NamesTheFirstDifferingEvent) {
  const auto difference = compare_runs(run(5000, kNone), run(5000, 3333));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->event, 3333U);
  EXPECT_TRUE(difference->exact);
  EXPECT_EQ(difference->first->payload, 0U);
  EXPECT_EQ(difference->second->payload, 9U);
}

TEST(DoubleRun, NamesTheEndOfTheShorterRun) {
  const auto difference = compare_runs(run(2000, kNone), run(2001, kNone));
  ASSERT_TRUE(difference);
  EXPECT_EQ(difference->event, 2000U);
  EXPECT_FALSE(difference->first);
  EXPECT_NE(to_string(*difference).find("end of the run"), std::string::npos);
}

TEST(Draws, OfOneEntityDoNotDependOnOthers) {
  Draws alone(7, "link", 1);
  Draws among(7, "link", 1);
  Draws other(7, "link", 2);
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(other.next().next());
    EXPECT_EQ(alone.next().next(), among.next().next());
  }
}

TEST(Draws, OfOneEventDoNotDependOnHowManyTheOneBeforeTook) {
  Draws few(7, "link", 1);
  Draws many(7, "link", 1);
  syncer::Random first = many.next();
  for (int i = 0; i < 5; ++i) static_cast<void>(first.next());
  static_cast<void>(few.next());
  EXPECT_EQ(few.next().next(), many.next().next());
}

}  // namespace
}  // namespace sim::engine
