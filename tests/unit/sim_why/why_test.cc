// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"
#include "sim/why/explanation.h"
#include "tests/unit/sim_why/prepared.h"

namespace sim::why {
namespace {

/// How long it takes until the instance is seen and until it is gone, at most. `events` begin on line 11.
std::string two_regions(const std::string& events, const std::string& within = "5s") {
  return prepared(events, R"json({ "id": "seen", "metric": "convergence.visible_after", "max": "<= )json" + within +
                              R"json(" },
    { "id": "gone", "metric": "convergence.gone_after", "max": "<= )json" +
                              within + R"json(" })json");
}

struct Answer {
  syncer::Result<Explanation> explanation;
  scenario::RunResult result;
};

Answer why(const std::string& text, const Question& question = {}) {
  const auto parsed = scenario::parse("prepared.json", text, check::vocabulary());
  if (!parsed) throw std::invalid_argument(scenario::to_string(parsed.error()));
  Recorder recorder(check::make_judge(*parsed));
  auto result = scenario::run(*parsed, 1, recorder);
  auto explanation = explain(*parsed, result, recorder, question);
  return {std::move(explanation), std::move(result)};
}

/// A failure whose true cause is known, and what the first line of the answer must say.
struct Prepared {
  const char* name;
  const char* events;
  const char* cause;
};

class FirstCause : public testing::TestWithParam<Prepared> {};

TEST_P(FirstCause, IsTheTrueOne) {
  const Answer answer = why(two_regions(GetParam().events));
  ASSERT_FALSE(answer.result.findings.violations.empty()) << "the failure is not there";
  ASSERT_TRUE(answer.explanation) << to_string(answer.explanation.error());
  ASSERT_FALSE(answer.explanation->causes.empty()) << to_text(*answer.explanation);
  EXPECT_NE(answer.explanation->causes.front().text.find(GetParam().cause), std::string::npos)
      << to_text(*answer.explanation);
  EXPECT_NE(answer.explanation->headline.find("cart-1"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Prepared, FirstCause,
    testing::Values(
        Prepared{"reader_crashed", R"({ "at": "39s", "do": "bounce", "who": "e1", "down": "20s" })",
                 "e1 was down (bounce, prepared.json:11)"},
        Prepared{"writer_crashed", R"({ "at": "39s", "do": "bounce", "who": "w1", "down": "20s" })",
                 "w1 was down (bounce, prepared.json:11)"},
        Prepared{"reader_frozen", R"({ "at": "39s", "do": "pause", "who": "e1", "for": "15s" })",
                 "e1 was frozen (pause, prepared.json:11)"},
        Prepared{"writer_asleep", R"({ "at": "39s", "do": "suspend", "who": "w1", "for": "15s" })", "prepared.json:11"},
        Prepared{"cut", R"({ "at": "39s", "do": "partition", "groups": [["e1"], ["w1"]], "for": "15s" })",
                 "partition, prepared.json:11"},
        Prepared{"reader_registry_away",
                 R"({ "at": "39s", "do": "registry.outage", "registry": "sc-e", "for": "15s" })",
                 "registry.outage, prepared.json:11"},
        Prepared{"writer_registry_away",
                 R"({ "at": "39s", "do": "registry.outage", "registry": "sc-w", "for": "15s" })",
                 "registry.outage, prepared.json:11"},
        Prepared{
            "registry_fails",
            R"({ "at": "39s", "do": "registry.fail", "registry": "sc-w", "with": [{ "status": 503 }], "for": "15s" })",
            "registry.fail, prepared.json:11"},
        Prepared{"registry_slow",
                 R"({ "at": "39s", "do": "registry.slow", "registry": "sc-e", "latency": "6s", "for": "30s" })",
                 "registry.slow, prepared.json:11"},
        Prepared{"lists_are_old",
                 R"({ "at": "39s", "do": "registry.stale_read", "registry": "sc-e", "by": "15s", "for": "15s" })",
                 "registry.stale_read, prepared.json:11"},
        Prepared{"not_started",
                 R"({ "at": "39s", "do": "crash", "who": "w1" }, { "at": "65s", "do": "restart", "who": "w1" })",
                 "w1 was down (crash, prepared.json:11)"},
        Prepared{"clogged", R"({ "at": "39s", "do": "clog", "who": "w1", "direction": "in", "for": "15s" })",
                 "clog, prepared.json:11"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Why, ExplainsTheLatestOfARunThatPassed) {
  const Answer answer = why(two_regions("", "30s"));
  EXPECT_TRUE(answer.result.findings.violations.empty());
  ASSERT_TRUE(answer.explanation);
  ASSERT_GE(answer.explanation->hops.size(), 3U) << to_text(*answer.explanation);
  Duration whole{};
  for (std::size_t i = 0; i < answer.explanation->hops.size(); ++i) {
    const Hop& hop = answer.explanation->hops[i];
    const Hop& before = answer.explanation->hops[i == 0 ? 0 : i - 1];
    EXPECT_EQ(hop.from, i == 0 ? hop.from : before.from + before.took);
    whole += hop.took;
  }
  EXPECT_GT(whole, Duration{});
}

TEST(Why, FollowsOneInstanceThatIsAskedFor) {
  const Answer answer = why(two_regions("", "30s"), {"", "cart-1", ""});
  ASSERT_TRUE(answer.explanation);
  EXPECT_TRUE(answer.explanation->headline.starts_with("cart-1, ")) << answer.explanation->headline;
  const Answer unknown = why(two_regions("", "30s"), {"", "cart-2", ""});
  ASSERT_FALSE(unknown.explanation);
  EXPECT_NE(to_string(unknown.explanation.error()).find("cart-2"), std::string::npos);
}

TEST(Why, TellsWhatFollowedAnEvent) {
  const std::string crash = R"({ "id": "fall", "at": "39s", "do": "bounce", "who": "w1", "down": "10s" })";
  const Answer answer = why(two_regions(crash, "30s"), {"", "", "fall"});
  ASSERT_TRUE(answer.explanation);
  const std::string text = to_text(*answer.explanation);
  EXPECT_NE(text.find("node.started"), std::string::npos) << text;
  EXPECT_FALSE(why(two_regions("", "30s"), {"", "", "fall"}).explanation);
}

TEST(Why, NamesWhatWasInTheWayOfAViolatedPredicate) {
  std::string text = two_regions(R"({ "at": "39s", "do": "crash", "who": "w1" })", "200s");
  text.replace(text.rfind("{ \"id\": \"gone\""), 0,
               R"({ "id": "stays-up", "never": { "down": "w1" }, "from": "10s" }, )");
  const Answer answer = why(text, {"stays-up", "", ""});
  ASSERT_TRUE(answer.explanation) << to_string(answer.explanation.error());
  EXPECT_NE(to_text(*answer.explanation).find("w1 was down (crash, prepared.json:11)"), std::string::npos)
      << to_text(*answer.explanation);
  EXPECT_FALSE(why(text, {"seen", "", ""}).explanation) << "it was not violated";
}

TEST(Why, SaysTheSameAsJson) {
  const Answer answer = why(two_regions("", "30s"));
  const auto json = nlohmann::json::parse(to_json_line(*answer.explanation));
  EXPECT_EQ(json.at("what"), answer.explanation->headline);
  EXPECT_EQ(json.at("hops").size(), answer.explanation->hops.size());
}

}  // namespace
}  // namespace sim::why
