// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim::check {
namespace {

/// Two regions that find each other, then `events`.
std::string two_regions(const std::string& events, const std::string& expect = "", const std::string& config = "") {
  return R"json({
  "scenario": 1, "name": "effort", "duration": "90s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"])json" +
         config + R"json( } },
  "events": [ { "id": "boot", "at": "0s", "do": "start", "who": "all" })json" +
         events + "], \"expect\": [" + expect + "] }";
}

scenario::RunResult play(const std::string& text) {
  const auto parsed = scenario::parse("effort.json", text, vocabulary());
  EXPECT_TRUE(parsed) << scenario::to_string(parsed.error());
  const auto judge = make_judge(*parsed);
  return scenario::run(*parsed, 1, *judge);
}

std::uint64_t count(const scenario::RunResult& result, std::string_view detour, std::string_view node) {
  std::uint64_t sum = 0;
  for (const scenario::Cost& c : result.findings.effort) sum += c.detour == detour && c.node == node ? c.count : 0;
  return sum;
}

bool violated(const scenario::RunResult& result, std::string_view id) {
  const auto& all = result.findings.violations;
  return std::any_of(all.begin(), all.end(), [&](const scenario::Violation& v) { return v.id == id; });
}

TEST(Effort, IsZeroWhereNothingHappens) {
  const auto result = play(two_regions(""));
  EXPECT_EQ(count(result, "link.up", "e1"), 2U) << "one each way";
  EXPECT_EQ(count(result, "link.down", "e1"), 0U);
  EXPECT_EQ(count(result, "member.suspected", "e1"), 0U);
  EXPECT_FALSE(violated(result, "calm-is-quiet"));
}

TEST(Effort, CountsWhatAFaultCostsByNodeAndCause) {
  const auto result = play(two_regions(R"(, { "at": "40s", "do": "reset", "from": "e1", "to": "w1" })"));
  EXPECT_GE(count(result, "link.down", "e1"), 1U);
  EXPECT_GE(count(result, "link.up", "e1"), 3U);
  const auto& costs = result.findings.effort;
  EXPECT_TRUE(std::any_of(costs.begin(), costs.end(), [](const scenario::Cost& c) {
    return c.detour == "link.down" && !c.cause.empty() && c.cause.find_first_of("0123456789") == std::string::npos;
  }));
  EXPECT_FALSE(violated(result, "calm-is-quiet")) << "the fault is younger than half a minute";
}

TEST(Effort, IsAMetricThatAScenarioBounds) {
  const std::string one_cut = R"(, { "at": "40s", "do": "reset", "from": "e1", "to": "w1" })";
  const auto bounded = [&](const std::string& most) {
    return violated(
        play(two_regions(one_cut, R"({ "id": "few", "metric": "effort.link.up", "max": ")" + most + "\" }")), "few");
  };
  EXPECT_FALSE(bounded("<= 8"));
  EXPECT_TRUE(bounded("<= 4")) << "the links were dialled again";
}

TEST(Effort, OfACalmStretchIsAViolation) {
  // The other side takes this one's silence for a dead link, again and again.
  const auto result = play(two_regions("", "", R"(, "sync.heartbeat": "20s", "sync.silence": "60s")"));
  EXPECT_TRUE(violated(result, "calm-is-quiet"));
}

/// Those of the violation of that id, in one line.
std::string facts(const scenario::RunResult& result, std::string_view id) {
  std::string all;
  for (const scenario::Violation& v : result.findings.violations) {
    if (v.id != id) continue;
    for (const std::string& fact : v.facts) all += fact + "; ";
  }
  return all;
}

TEST(Effort, OneCutExplainsOneRedialOfEachPair) {
  const auto result = play(
      two_regions(R"(, { "at": "40s", "do": "partition", "from": "e1", "to": "w1", "both": true, "for": "15s" })"));
  EXPECT_EQ(count(result, "link.up", "e1"), 4U) << "one each way, and one more";
  EXPECT_EQ(count(result, "replica.reloaded", "e1"), 0U) << "nothing was lost";
  EXPECT_EQ(facts(result, "detours-fit-faults"), "");
}

TEST(Effort, MoreRedialsThanTheStartsExplainAreAViolation) {
  // The same in the first half minute, when both have just been started.
  const auto result = play(two_regions("", "", R"(, "sync.heartbeat": "20s", "sync.silence": "60s")"));
  const std::string told = facts(result, "detours-fit-faults");
  EXPECT_NE(told.find("link.up"), std::string::npos) << told;
  EXPECT_NE(told.find("the faults of this stretch explain 2"), std::string::npos) << told;
}

}  // namespace
}  // namespace sim::check
