// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/coverage.h"

#include <gtest/gtest.h>

#include <thread>

namespace sim::engine {
namespace {

int evaluated = 0;

void pass_points(int value) {
  SYNCER_SOMETIMES((++evaluated, value > 3), "test.is_large");
  SYNCER_WATERMARK(value, "test.value");
}

TEST(Coverage, CountsWhatHoldsAndKeepsTheLargest) {
  Coverage coverage;
  const Listening on(&coverage);
  for (const int value : {1, 5, 7, 2}) pass_points(value);
  EXPECT_EQ(coverage.reached(), (Reached{{"test.is_large", 2}, {"test.value", 7}}));
}

TEST(Coverage, CostsNothingWhereNobodyListens) {
  evaluated = 0;
  pass_points(5);
  EXPECT_EQ(evaluated, 0);
}

TEST(Coverage, NestsAndEnds) {
  Coverage outer;
  Coverage inner;
  {
    const Listening first(&outer);
    {
      const Listening second(&inner);
      pass_points(5);
    }
    pass_points(6);
  }
  pass_points(7);
  EXPECT_EQ(inner.reached().at("test.value"), 5U);
  EXPECT_EQ(outer.reached().at("test.value"), 6U);
}

TEST(Coverage, ThreadsDoNotDisturbEachOther) {
  Coverage here;
  Coverage there;
  const Listening on(&here);
  std::thread other([&] {
    const Listening on_there(&there);
    for (int i = 0; i < 1000; ++i) pass_points(9);
  });
  for (int i = 0; i < 500; ++i) pass_points(8);
  other.join();
  EXPECT_EQ(here.reached(), (Reached{{"test.is_large", 500}, {"test.value", 8}}));
  EXPECT_EQ(there.reached(), (Reached{{"test.is_large", 1000}, {"test.value", 9}}));
}

TEST(Coverage, KnowsEveryMarkWithItsPlace) {
  const auto points = coverage_points();
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].name, "test.is_large");
  EXPECT_TRUE(points[0].place.starts_with("tests/unit/sim_engine/coverage_test.cc:")) << points[0].place;
  EXPECT_TRUE(points[1].is_watermark);
}

}  // namespace
}  // namespace sim::engine
