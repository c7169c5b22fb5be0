// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim::check {
namespace {

constexpr const char* kFile = R"json({
  "scenario": 1, "name": "captured", "duration": "30s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"] } },
  "events": [
    { "id": "boot", "at": "0s", "do": "start", "who": "all" },
    { "id": "fall", "at": "20s", "do": "crash", "who": "one(all)", "as": "v" } ],
  "expect": [
    { "id": "stays-up", "never": { "down": "$v" }, "from": "fall + 1s" },
    { "id": "is-down", "eventually": { "down": "$v" }, "after": "fall", "within": "1s" } ]
})json";

TEST(Captures, StandForTheSameNodesInExpectations) {
  const auto parsed = scenario::parse("captured.json", kFile, vocabulary());
  ASSERT_TRUE(parsed) << scenario::to_string(parsed.error());
  const auto judge = make_judge(*parsed);
  const scenario::RunResult result = scenario::run(*parsed, 1, *judge);
  const auto& all = result.findings.violations;
  const auto violated = [&](std::string_view id) {
    return std::any_of(all.begin(), all.end(), [&](const scenario::Violation& v) { return v.id == id; });
  };
  EXPECT_TRUE(violated("stays-up"));
  EXPECT_FALSE(violated("is-down"));
}

}  // namespace
}  // namespace sim::check
