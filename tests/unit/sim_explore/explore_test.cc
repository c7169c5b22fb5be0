// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sim/check/judge.h"
#include "sim/explore/chaos.h"
#include "sim/explore/shrink.h"
#include "sim/explore/simpler_values.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/language/writer.h"

namespace sim::explore {
namespace {

using namespace std::chrono_literals;

constexpr const char* kStorm = R"({
  "scenario": 1, "name": "storm", "duration": "100s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] },
    "south": { "registry": "sc-s", "syncers": ["s1"] } } },
  "config": { "w1": { "join": ["e1"] }, "s1": { "join": ["e1"] } },
  "workloads": [ { "id": "base", "kind": "steady", "registry": "sc-e",
                   "services": 2, "instances_per_service": 2 } ],
  "events": [
    { "id": "boot", "at": "0s", "do": "start", "who": "all" },
    { "id": "fall", "after": "boot + 30s", "do": "crash", "who": "e1" },
    { "id": "rise", "after": "fall + 5s", "do": "restart", "who": "e1" },
    { "id": "stop", "at": "40s", "do": "pause", "who": "w1", "for": "5s" } ],
  "chaos": [ { "id": "storm", "from": "10s", "until": "80s",
               "families": ["crash", "pause", "partition", "loss", "registry.outage"],
               "every": { "dist": "exp", "mean": "2s" } } ],
  "expect": [ { "id": "conv", "converged": "all", "after": "boot", "within": "30s" } ]
})";

scenario::Scenario storm() {
  auto parsed = scenario::parse("storm.json", kStorm, check::vocabulary());
  EXPECT_TRUE(parsed) << (parsed ? "" : scenario::to_string(parsed.error()));
  return *parsed;
}

TEST(Chaos, DrawsTheSameFaultsForTheSameSeedAndOthersForAnother) {
  const scenario::Scenario s = storm();
  const auto first = draw_chaos(s, s.chaos[0], 7);
  EXPECT_GT(first.size(), 5U);
  EXPECT_EQ(first, draw_chaos(s, s.chaos[0], 7));
  EXPECT_NE(first, draw_chaos(s, s.chaos[0], 8));
}

TEST(Chaos, StaysWithinItsWindowAndEndsWhatItBegins) {
  const scenario::Scenario s = storm();
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    std::uint64_t down = 0;
    for (const scenario::Event& event : draw_chaos(s, s.chaos[0], seed)) {
      const Duration at = event.anchor.at->offset;
      EXPECT_GE(at, Duration(10s));
      EXPECT_LT(at, Duration(100s));
      if (std::holds_alternative<scenario::Crash>(event.action)) ++down;
      if (std::holds_alternative<scenario::Restart>(event.action)) --down;
    }
    EXPECT_EQ(down, 0U) << "seed " << seed;
  }
}

TEST(Chaos, MaterializedScenariosAreExplicitAndReadBack) {
  const scenario::Scenario explicit_one = materialize(storm(), 7);
  EXPECT_TRUE(explicit_one.chaos.empty());
  EXPECT_EQ(explicit_one.seed.list, std::vector<std::uint64_t>{7});
  const auto again = scenario::parse("storm.json", scenario::to_json(explicit_one), check::vocabulary());
  ASSERT_TRUE(again) << scenario::to_string(again.error());
  EXPECT_EQ(*again, explicit_one);
}

TEST(Budget, RefusesWhatWouldBreakTooMuchAtOnce) {
  Budget budget;
  EXPECT_TRUE(budget.take("down east", 1, 10s, 20s));
  EXPECT_FALSE(budget.take("down east", 1, 15s, 25s));
  EXPECT_TRUE(budget.take("down west", 1, 15s, 25s));
  EXPECT_TRUE(budget.take("down east", 1, 20s, 30s));
  EXPECT_FALSE(budget.take("wipe", 0, 1s, 2s));
}

TEST(StaticTime, FollowsChainsOfLabels) {
  const scenario::Scenario s = storm();
  EXPECT_EQ(static_time(s, {"rise", 1s}), Duration(36s));
  EXPECT_EQ(static_time(s, {"end", Duration::zero()}), Duration(100s));
  EXPECT_EQ(static_time(s, {"nobody", Duration::zero()}), std::nullopt);
}

/// A product that fails exactly when e1 crashes while w1 is paused later in the run.
scenario::RunResult fails_on_crash_and_pause(const scenario::Scenario& s, std::uint64_t seed) {
  const auto has = [&](const char* id) {
    return std::any_of(s.events.begin(), s.events.end(), [&](const scenario::Event& e) { return e.id == id; });
  };
  scenario::RunResult result;
  result.seed = seed;
  if (!has("fall") || !has("stop") || s.duration < 50s) return result;
  result.verdict = scenario::Verdict::Violated;
  result.findings.violations.push_back({"no-false-removal", {}, {}, 0, {"made up"}});
  return result;
}

const Cause kMadeUp{"no-false-removal", "made up", {}};

TEST(Shrink, LeavesOutWhatDoesNotMatter) {
  const Shrunk small =
      shrink(storm(), 7, kMadeUp, fails_on_crash_and_pause, [](std::uint64_t runs) { return runs < 2000; });
  std::vector<std::string> ids;
  for (const scenario::Event& event : small.scenario.events) ids.push_back(event.id);
  // "fall" hangs on "boot", so that one has to stay for the file to be read.
  EXPECT_EQ(ids, (std::vector<std::string>{"boot", "fall", "stop"}));
  EXPECT_TRUE(small.scenario.workloads.empty());
  EXPECT_TRUE(small.scenario.expect.empty());
  EXPECT_EQ(small.scenario.topology.regions.size(), 2U);
  EXPECT_GT(small.removed, 3U);
  EXPECT_EQ(size_in_words(small.scenario),
            "2 nodes, 3 events, 0 workloads, " + syncer::to_string(small.scenario.duration));
}

TEST(Shrink, KeepsWhatMakesTheRunFailForTheSameReason) {
  // Fails whatever happens, and in another way too once nobody restarts e1.
  const Play play = [](const scenario::Scenario& s, std::uint64_t seed) {
    scenario::RunResult result;
    result.seed = seed;
    result.verdict = scenario::Verdict::Violated;
    result.findings.violations.push_back({"conv", {}, {}, 0, {"made up"}});
    const bool restarts =
        std::any_of(s.events.begin(), s.events.end(), [](const scenario::Event& e) { return e.id == "rise"; });
    if (!restarts) result.findings.violations.push_back({"regions-equal", {}, {}, 0, {"made up"}});
    return result;
  };
  const Shrunk small =
      shrink(storm(), 7, Cause{"conv", "made up", {}}, play, [](std::uint64_t runs) { return runs < 2000; });
  std::vector<std::string> ids;
  for (const scenario::Event& event : small.scenario.events) ids.push_back(event.id);
  EXPECT_EQ(ids, (std::vector<std::string>{"boot", "fall", "rise"}));
}

bool has_event(const scenario::Scenario& s, const char* id) {
  return std::any_of(s.events.begin(), s.events.end(), [&](const scenario::Event& e) { return e.id == id; });
}

/// Fails for one reason while "rise" is there and for another one without it, and passes a point only with "stop".
scenario::RunResult fails_for_two_reasons(const scenario::Scenario& s, std::uint64_t seed) {
  scenario::RunResult result;
  result.seed = seed;
  result.verdict = scenario::Verdict::Violated;
  const std::string fact =
      has_event(s, "rise") ? "w" + std::to_string(s.events.size()) + " did it at 5.25s" : "nobody did it";
  result.findings.violations.push_back({"conv", {}, syncer::Instant(20s), 0, {fact}});
  if (has_event(s, "stop")) result.reached["test.deep"] = s.events.size();
  return result;
}

TEST(Shrink, KeepsTheReasonAndTheWayToIt) {
  auto cause = cause_of(fails_for_two_reasons(storm(), 7));
  ASSERT_TRUE(cause);
  EXPECT_EQ(cause->reason, "w# did it at #s");
  EXPECT_FALSE(cause_of(fails_for_two_reasons(storm(), 7), "other"));
  const auto ids_of = [](const Shrunk& small) {
    std::vector<std::string> ids;
    for (const scenario::Event& event : small.scenario.events) ids.push_back(event.id);
    return ids;
  };
  const GoOn enough = [](std::uint64_t runs) { return runs < 2000; };
  EXPECT_FALSE(has_event(shrink(storm(), 7, *cause, fails_for_two_reasons, enough).scenario, "stop"));
  EXPECT_TRUE(has_event(shrink(storm(), 7, *cause, fails_for_two_reasons, enough).scenario, "rise"));
  cause->points.insert("test.deep");
  const Shrunk deep = shrink(storm(), 7, *cause, fails_for_two_reasons, enough);
  EXPECT_TRUE(has_event(deep.scenario, "stop")) << testing::PrintToString(ids_of(deep));
  EXPECT_LE(deep.scenario.duration, Duration(21s)) << "what follows the failure is cut off";
}

TEST(SimplerValues, AreSmallerAndRounder) {
  const auto all = simpler_values(R"({ "name": "x", "duration": "61s",
    "workloads": [ { "services": 8, "at": "12.345s" } ], "events": [ { "do": "start", "nth": 1 } ] })");
  std::vector<std::string> seen;
  for (const SimplerValue& one : all) {
    const auto json = nlohmann::json::parse(one.text);
    seen.push_back(one.place + "=" + json.at(nlohmann::json::json_pointer(one.place)).dump());
  }
  EXPECT_EQ(seen,
            (std::vector<std::string>{"/workloads/0/services=1", "/workloads/0/services=4", "/workloads/0/at=\"10s\"",
                                      "/workloads/0/at=\"12s\"", "/workloads/0/at=\"12.3s\""}));
}

TEST(Shrink, StopsWhenItsTimeIsOver) {
  std::uint64_t plays = 0;
  const Play count = [&](const scenario::Scenario& s, std::uint64_t seed) {
    ++plays;
    return fails_on_crash_and_pause(s, seed);
  };
  shrink(storm(), 7, kMadeUp, count, [](std::uint64_t runs) { return runs < 5; });
  EXPECT_LE(plays, 6U);
}

}  // namespace
}  // namespace sim::explore
