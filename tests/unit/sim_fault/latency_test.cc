// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/latency.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "syncer/base/hash.h"

namespace sim::fault {
namespace {

using namespace std::chrono_literals;
using syncer::Duration;
using syncer::Random;

std::vector<Duration> sorted_draws(const LatencySpec& spec, std::uint64_t count) {
  const LatencyTable table(spec);
  const Random random(5);
  std::vector<Duration> draws;
  for (std::uint64_t i = 0; i < count; ++i) draws.push_back(table.draw(random.stream(i)));
  std::sort(draws.begin(), draws.end());
  return draws;
}

LatencySpec shape(Shape s) {
  LatencySpec spec;
  spec.shape = s;
  spec.min = 10ms;
  spec.max = 20ms;
  spec.mean = 15ms;
  spec.p50 = 40ms;
  spec.p99 = 120ms;
  spec.share = {1, 10};
  spec.samples = {3ms, 1ms, 2ms};
  return spec;
}

Duration at(const std::vector<Duration>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void expect_near(Duration value, Duration expected, Duration tolerance) {
  EXPECT_LE(value, expected + tolerance) << "expected " << expected.count();
  EXPECT_GE(value, expected - tolerance) << "expected " << expected.count();
}

TEST(FixedPoint, KnowsLogarithmsAndPowersOfTwo) {
  EXPECT_EQ(log2_of(1), 0);
  EXPECT_EQ(log2_of(1024), 10 * kOne);
  EXPECT_NEAR(static_cast<double>(log2_of(10)) / kOne, 3.321928095, 1e-8);
  EXPECT_EQ(exp2_of(3 * kOne), 8 * kOne);
  EXPECT_EQ(exp2_of(-kOne), kOne / 2);
  EXPECT_NEAR(static_cast<double>(exp2_of(kOne / 2)) / kOne, 1.414213562, 1e-8);
}

TEST(FixedPoint, KnowsTheNormalDistribution) {
  EXPECT_NEAR(static_cast<double>(normal_quantile(512)) / kOne, 0.001224, 1e-4);  // q = 0.500488
  EXPECT_NEAR(static_cast<double>(normal_quantile(1013)) / kOne, 2.3165, 2e-3);   // q = 0.989746
  EXPECT_NEAR(static_cast<double>(normal_quantile(1023)) / kOne, 3.2971, 2e-3);   // q = 0.999512
  EXPECT_EQ(normal_quantile(0), -normal_quantile(1023));
}

TEST(LatencyTable, ConstIsAlwaysItsMean) {
  const auto draws = sorted_draws(shape(Shape::Const), 100);
  EXPECT_EQ(draws.front(), 15ms);
  EXPECT_EQ(draws.back(), 15ms);
}

TEST(LatencyTable, UniformStaysInItsRangeAndFillsIt) {
  const auto draws = sorted_draws(shape(Shape::Uniform), 20000);
  EXPECT_GE(draws.front(), 10ms);
  EXPECT_LE(draws.back(), 20ms);
  expect_near(at(draws, 0.5), 15ms, 200us);
  expect_near(at(draws, 0.9), 19ms, 200us);
}

TEST(LatencyTable, ExponentialHasItsMinimumAndMean) {
  const auto draws = sorted_draws(shape(Shape::Exp), 20000);
  EXPECT_GE(draws.front(), 10ms);
  Duration sum{};
  for (const Duration d : draws) sum += d;
  expect_near(sum / 20000, 15ms, 150us);
  expect_near(at(draws, 0.5), 10ms + 3466us, 150us);
}

TEST(LatencyTable, LognormalHasItsQuantiles) {
  const auto draws = sorted_draws(shape(Shape::Lognormal), 20000);
  expect_near(at(draws, 0.5), 40ms, 1ms);
  expect_near(at(draws, 0.99), 120ms, 8ms);
}

TEST(LatencyTable, BimodalTakesTheLongWayWithItsShare) {
  const auto draws = sorted_draws(shape(Shape::Bimodal), 20000);
  const auto slow = std::count(draws.begin(), draws.end(), Duration(20ms));
  EXPECT_NEAR(static_cast<double>(slow), 2000, 150);
  EXPECT_EQ(draws.front(), 10ms);
}

TEST(LatencyTable, TraceStaysBetweenItsSamples) {
  const auto draws = sorted_draws(shape(Shape::Trace), 1000);
  EXPECT_GE(draws.front(), 1ms);
  EXPECT_LE(draws.back(), 3ms);
}

TEST(LatencyTable, IsTheSameOnEveryCompiler) {
  syncer::StateHasher hasher;
  for (const Shape s : {Shape::Uniform, Shape::Exp, Shape::Lognormal, Shape::Bimodal, Shape::Trace}) {
    for (const Duration d : sorted_draws(shape(s), 500)) hasher.add(static_cast<std::uint64_t>(d.count()));
  }
  EXPECT_EQ(hasher.digest(), 7059491473630310191U);
}

TEST(LatencySpec, IsRefusedWhenItMakesNoSense) {
  LatencySpec spec = shape(Shape::Uniform);
  spec.max = 1ms;
  EXPECT_FALSE(validate(spec));
  spec = shape(Shape::Lognormal);
  spec.p99 = 1ms;
  EXPECT_FALSE(validate(spec));
  spec = shape(Shape::Trace);
  spec.samples.clear();
  EXPECT_FALSE(validate(spec));
  EXPECT_TRUE(validate(shape(Shape::Exp)));
}

}  // namespace
}  // namespace sim::fault
