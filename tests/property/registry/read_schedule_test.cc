// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/read_schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "syncer/registry/read_pace.h"

namespace syncer::registry {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RegistrySettings any_settings() {
  RegistrySettings settings;
  settings.poll_interval = milliseconds(*rc::gen::inRange(1, 20'000));
  settings.longest_poll_interval = milliseconds(*rc::gen::inRange(1, 20'000));
  return settings;
}

ReadCost any_cost() {
  return {Duration(*rc::gen::inRange<std::int64_t>(0, 20'000'000'000)), *rc::gen::inRange<std::uint64_t>(0, 10'000),
          *rc::gen::inRange<std::uint64_t>(0, 1'000'000'000), *rc::gen::inRange<std::uint64_t>(0, 10'000'000)};
}

RC_GTEST_PROP(ReadInterval, StaysWithinItsBounds, ()) {
  const RegistrySettings settings = any_settings();
  ReadCost cost = any_cost();
  if (*rc::gen::inRange(0, 4) == 0) {  // no cost, however wild, may overflow
    cost = {Duration::max(), *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>(),
            *rc::gen::arbitrary<std::uint64_t>()};
  }
  const Duration interval = read_interval(settings, cost);
  RC_ASSERT(interval >= settings.poll_interval);
  RC_ASSERT(interval <= std::max(settings.poll_interval, settings.longest_poll_interval));
}

RC_GTEST_PROP(ReadInterval, NeverShrinksWhenReadingCostsMore, ()) {
  const RegistrySettings settings = any_settings();
  const ReadCost less = any_cost();
  const ReadCost more = any_cost();
  const ReadCost both{less.took + more.took, less.requests + more.requests, less.bytes + more.bytes,
                      less.entries + more.entries};
  RC_ASSERT(read_interval(settings, both) >= read_interval(settings, less));
}

RC_GTEST_PROP(ReadInterval, KeepsRequestsBytesAndTimeInBudgetUpToTheLongest, ()) {
  RegistrySettings settings = any_settings();
  settings.longest_poll_interval = std::chrono::hours(24);
  const ReadCost cost = any_cost();
  const Duration interval = read_interval(settings, cost);
  const double in_seconds = std::chrono::duration<double>(interval).count();
  RC_ASSERT(static_cast<double>(cost.requests) / in_seconds <= 4.001);
  RC_ASSERT(static_cast<double>(cost.bytes) / in_seconds <= 524'289.0);
  RC_ASSERT(cost.took * 3 <= interval);
}

TEST(ReadInterval, IsTheShortestWhereReadingIsCheap) {
  RegistrySettings settings;
  EXPECT_EQ(read_interval(settings, {milliseconds(5), 1, 20'000, 300}), settings.poll_interval);
  EXPECT_EQ(read_interval(settings, {seconds(60), 1, 0, 0}), settings.longest_poll_interval);
  settings.poll_interval = seconds(10);
  EXPECT_EQ(read_interval(settings, {seconds(60), 1, 0, 0}), seconds(10));
}

/// Against a model: of each part the begin of its last complete reading.
RC_GTEST_PROP(ReadSchedule, CoversNoMoreThanEveryPartWasReadSince, ()) {
  ReadSchedule schedule;
  std::map<std::string, std::optional<Instant>> model;
  Instant now{};
  const int steps = *rc::gen::inRange(0, 60);
  for (int i = 0; i < steps; ++i) {
    now += milliseconds(*rc::gen::inRange(0, 500));
    const std::string part(1, *rc::gen::element('a', 'b', 'c', 'd'));
    switch (*rc::gen::inRange(0, 6)) {
      case 0:
        schedule.add(part, now);
        model.try_emplace(part);
        break;
      case 1:
        schedule.remove(part);
        model.erase(part);
        break;
      case 2:
        schedule.complete(part, now);
        if (model.contains(part)) model[part] = now;
        break;
      case 3:
        schedule.fail(part, now + seconds(1), "broken");
        RC_ASSERT(!model.contains(part) || !schedule.problem().empty());
        break;
      case 4:
        schedule.next(part, now, milliseconds(300));
        RC_ASSERT(!schedule.is_due(part, now));
        RC_ASSERT(schedule.is_due(part, now + milliseconds(300)) == model.contains(part));
        break;
      default:
        schedule.add_extra("extra", now);
    }
    std::optional<Instant> since;
    bool all = !model.empty();
    for (const auto& [name, complete] : model) {
      all = all && complete.has_value();
      if (complete) since = since ? std::min(*since, *complete) : *complete;
    }
    RC_ASSERT(schedule.covered_since() == (all ? since : std::nullopt));
  }
}

TEST(ReadSchedule, HurriesAndDelaysButNeverTheOtherWayRound) {
  ReadSchedule schedule;
  EXPECT_EQ(schedule.next_due(), kNever);
  schedule.add("list", Instant(seconds(10)));
  schedule.hurry("list", Instant(seconds(20)));
  EXPECT_EQ(schedule.next_due(), Instant(seconds(10)));
  schedule.hurry("list", Instant(seconds(5)));
  EXPECT_EQ(schedule.next_due(), Instant(seconds(5)));
  schedule.delay("list", Instant(seconds(4)));
  EXPECT_EQ(schedule.next_due(), Instant(seconds(5)));
  schedule.delay("list", Instant(seconds(8)));
  EXPECT_EQ(schedule.next_due(), Instant(seconds(8)));
}

}  // namespace
}  // namespace syncer::registry
