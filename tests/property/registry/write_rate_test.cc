// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/write_rate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>

namespace syncer::registry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// A registry that takes so many writes a second and refuses the others, written by a client with so many places.
struct Registry {
  std::uint64_t capacity = 0;
  Duration latency = milliseconds(1);
  std::uint64_t spoiled = 0;  ///< one write in so many fails whatever the load; 0 for none
  std::size_t places = 15;

  std::uint64_t taken = 0;
  std::uint64_t refused = 0;
  std::uint64_t most_in_a_second = 0;

  void run(WriteRate& rate, Duration time) {
    struct Call {
      Instant answer;
      bool refused;
    };
    std::deque<Call> under_way;
    std::deque<Instant> started;
    std::uint64_t budget_of = 0;  // the hundredth of a second that `budget` is for
    std::uint64_t budget = 0;
    std::uint64_t writes = 0;
    const Instant end = now + time;
    while (now < end) {
      const Instant answer = under_way.empty() ? kNever : under_way.front().answer;
      const Instant next = under_way.size() < places ? std::max(rate.gate(), now) : kNever;
      now = std::min(answer, next);
      if (answer <= next) {
        rate.answered(now, under_way.front().refused);
        (under_way.front().refused ? refused : taken) += 1;
        under_way.pop_front();
        continue;
      }
      rate.count(now);
      const auto slice = static_cast<std::uint64_t>(nanos(now) / 10'000'000);
      if (slice != budget_of) budget = capacity / 100;
      budget_of = slice;
      const bool refuse = budget == 0 || (spoiled != 0 && ++writes % spoiled == 0);
      if (budget > 0) --budget;
      under_way.push_back({now + latency, refuse});
      started.push_back(now);
      while (started.front() <= now - seconds(1)) started.pop_front();
      most_in_a_second = std::max<std::uint64_t>(most_in_a_second, started.size());
    }
  }

  Instant now{seconds(1)};
};

RC_GTEST_PROP(WriteRate, NeverExceedsItsCeilingByMoreThanOneBurst, ()) {
  const auto ceiling = *rc::gen::inRange<std::uint32_t>(1, 20'000);
  WriteRate rate(ceiling);
  Registry registry{.capacity = 1'000'000, .latency = milliseconds(*rc::gen::inRange(1, 50))};
  registry.run(rate, seconds(4));
  RC_ASSERT(rate.per_second() <= ceiling);
  RC_ASSERT(registry.most_in_a_second <= ceiling + ceiling / 20 + 2);
}

RC_GTEST_PROP(WriteRate, FindsWhatTheRegistryTakesAndStaysNearIt, ()) {
  WriteRate rate(10'000);
  Registry registry{.capacity = *rc::gen::inRange<std::uint64_t>(300, 9'000)};
  registry.run(rate, seconds(5));
  registry.taken = registry.refused = 0;
  registry.run(rate, seconds(20));
  const double taken = static_cast<double>(registry.taken) / 20.0;
  RC_ASSERT(taken >= 0.55 * static_cast<double>(registry.capacity));
  RC_ASSERT(static_cast<double>(registry.refused) <= 0.15 * static_cast<double>(registry.taken));
}

RC_GTEST_PROP(WriteRate, DoesNotCollapseUnderSingleFailures, ()) {
  WriteRate rate(10'000);
  Registry registry{.capacity = 1'000'000, .spoiled = *rc::gen::inRange<std::uint64_t>(40, 1'000)};
  registry.run(rate, seconds(20));
  RC_ASSERT(static_cast<double>(registry.taken) / 20.0 >= 3'000.0);
}

TEST(WriteRate, ReachesTenThousandASecondSoonAndComesBackAfterAnOutage) {
  WriteRate rate(10'000);
  Registry registry{.capacity = 1'000'000};
  registry.run(rate, seconds(3));
  EXPECT_EQ(rate.per_second(), 10'000U);
  registry.capacity = 0;
  registry.run(rate, seconds(10));
  EXPECT_LE(rate.per_second(), 50U);
  registry.capacity = 1'000'000;
  registry.run(rate, seconds(15));
  EXPECT_GE(rate.per_second(), 9'000U);
}

}  // namespace
}  // namespace syncer::registry
