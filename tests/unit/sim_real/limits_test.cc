// SPDX-License-Identifier: Apache-2.0
#include "sim/real/limits.h"

#include <gtest/gtest.h>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"

namespace sim::real {
namespace {

scenario::Scenario parsed(const std::string& events, const std::string& expect = "", const std::string& topology = "") {
  const std::string text = R"({
    "scenario": 1, "name": "x", "duration": "60s",
    "topology": {)" + topology +
                           R"( "regions": {
      "east": { "registry": "sc-e", "syncers": ["e1"] }, "west": { "registry": "sc-w", "syncers": ["w1"] } } },
    "events": [ { "id": "boot", "at": "0s", "do": "start", "who": "all" })" +
                           events + R"( ],
    "expect": [ { "id": "same", "converged": "all", "after": "20s", "within": "30s" })" +
                           expect + " ] }";
  auto scenario = scenario::parse("x.json", text, check::vocabulary());
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario::to_string(scenario.error()));
  return std::move(*scenario);
}

std::string only(const std::vector<std::string>& lines) { return lines.size() == 1 ? lines.front() : "not one line"; }

TEST(Limits, OfAnOrdinaryScenarioAreNone) {
  const auto scenario =
      parsed(R"(, { "id": "cut", "at": "20s", "do": "partition", "from": "e1", "to": "w1", "for": "5s" },
    { "id": "freeze", "at": "30s", "do": "pause", "who": "w1", "for": "3s" })");
  EXPECT_TRUE(impossible(scenario).empty());
  EXPECT_TRUE(differences(scenario).empty());
  EXPECT_FALSE(needs_wrong_clocks(scenario));
}

TEST(Limits, NameTheEventThatOnlyASimulationCanDo) {
  const auto line =
      only(impossible(parsed(R"(, { "id": "busy", "at": "5s", "do": "slow", "who": "e1", "factor": 9 })")));
  EXPECT_EQ(line.rfind("x.json:", 0), 0U) << line;
  EXPECT_NE(line.find("event \"busy\""), std::string::npos) << line;
  EXPECT_NE(
      only(impossible(parsed(R"(, { "at": "5s", "do": "fuzz_peer", "who": "e1", "for": "5s" })"))).find("stranger"),
      std::string::npos);
  EXPECT_NE(
      only(impossible(parsed(R"(, { "at": "5s", "do": "disk.fault", "who": "e1", "mode": "slow" })"))).find("tmpfs"),
      std::string::npos);
  EXPECT_TRUE(impossible(parsed(R"(, { "at": "5s", "do": "disk.fault", "who": "e1", "mode": "full" })")).empty());
}

TEST(Limits, NameTheExpectationThatNobodyCouldSee) {
  const auto line =
      only(impossible(parsed("", R"(, { "id": "done", "eventually": { "not": { "ready": "e1" } }, "within": "9s" })")));
  EXPECT_NE(line.find("\"ready\""), std::string::npos) << line;
  EXPECT_NE(
      only(impossible(parsed("", R"(, { "id": "m", "metric": "net.bytes_sent", "max": "<= 1MiB" })"))).find("net."),
      std::string::npos);
}

TEST(Limits, ACrashThatLosesWritesIsDoneOtherwise) {
  EXPECT_NE(only(differences(parsed(R"(, { "id": "dead", "at": "5s", "do": "crash", "who": "e1", "disk": "tear" })")))
                .find("event \"dead\""),
            std::string::npos);
  EXPECT_TRUE(differences(parsed(R"(, { "at": "5s", "do": "crash", "who": "e1", "disk": "wipe" })")).empty());
}

TEST(Limits, SeeThatAClockIsWrong) {
  EXPECT_TRUE(needs_wrong_clocks(parsed(R"(, { "at": "5s", "do": "clock.jump", "who": "e1", "by": "5s" })")));
}

}  // namespace
}  // namespace sim::real
