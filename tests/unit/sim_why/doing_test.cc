// SPDX-License-Identifier: Apache-2.0
#include "sim/why/doing.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"
#include "sim/why/explanation.h"
#include "tests/unit/sim_why/prepared.h"

namespace sim::why {
namespace {

/// The doing of the violation of "it".
std::string doing(const std::string& events, const std::string& expect) {
  const auto parsed = scenario::parse("prepared.json", prepared(events, expect), check::vocabulary());
  if (!parsed) throw std::invalid_argument(scenario::to_string(parsed.error()));
  Recorder recorder(check::make_judge(*parsed));
  const auto result = scenario::run(*parsed, 1, recorder);
  const auto answer = explain(*parsed, result, recorder, {"it", "", ""});
  return answer ? answer->doing : to_string(answer.error());
}

struct Told {
  const char* name;
  const char* events;
  const char* expect;
  std::vector<const char*> says;
};

class Doing : public testing::TestWithParam<Told> {};

TEST_P(Doing, NamesWhoDidTheLastThingAndWhoNotTheNext) {
  const std::string said = doing(GetParam().events, GetParam().expect);
  for (const char* part : GetParam().says)
    EXPECT_NE(said.find(part), std::string::npos) << part << " is not in " << said;
}

INSTANTIATE_TEST_SUITE_P(
    Prepared, Doing,
    testing::Values(
        Told{"reader",
             R"({ "at": "39s", "do": "registry.outage", "registry": "sc-e", "for": "60s" })",
             R"({ "id": "it", "eventually": { "mirrored": "cart-1", "in": "sc-w" }, "after": "40s", "within": "10s" })",
             {"cart-1: e1 did not read from sc-e what it is now, since 40s"}},
        Told{"link",
             R"({ "at": "39s", "do": "partition", "groups": [["e1"], ["w1"]], "for": "60s" })",
             R"({ "id": "it", "eventually": { "mirrored": "cart-1", "in": "sc-w" }, "after": "40s", "within": "10s" })",
             {"cart-1: e1 published it at 40", "w1 did not hear of it"}},
        Told{"writer",
             R"({ "at": "39s", "do": "registry.outage", "registry": "sc-w", "for": "60s" })",
             R"({ "id": "it", "eventually": { "mirrored": "cart-1", "in": "sc-w" }, "after": "40s", "within": "10s" })",
             {"cart-1: w1 heard of it at 40", "w1 did not write it to sc-w so"}},
        Told{"remover",
             R"({ "at": "69s", "do": "registry.outage", "registry": "sc-w", "for": "60s" })",
             R"({ "id": "it", "eventually": { "absent": "cart-1", "in": "sc-w" }, "after": "70s", "within": "20s" })",
             {"cart-1: w1 heard of it at 7", "w1 did not remove it from sc-w"}},
        Told{"broken",
             "",
             R"({ "id": "it", "always": { "mirrored": "cart-1", "in": "sc-w" }, "from": "60s", "until": "100s" })",
             {"cart-1: e1 took it off what sc-e shows at 7", "w1 heard of it", "w1 removed it from sc-w at 7"}},
        Told{"members",
             R"({ "at": "50s", "do": "crash", "who": "e1" })",
             R"({ "id": "it", "eventually": { "member_seen": "e1", "observer": "w1", "state": "left" },
                      "after": "50s", "within": "40s" })",
             {"w1 member.died member=e1", "and no member.left since"}},
        Told{"readiness",
             R"({ "at": "39s", "do": "registry.outage", "registry": "sc-w", "for": "60s" })",
             R"({ "id": "it", "eventually": { "all": [ { "ready": "w1" }, { "not": { "ready": "e1" } } ] },
                      "after": "50s", "within": "10s" })",
             {"w1 says: "}},
        Told{"efforts",
             "",
             R"({ "id": "it", "metric": "registry.requests", "max": "<= 10" })",
             {"1 ", " times request ("}}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(DoingRecorder, LooksOnWithoutAWordInTheRun) {
  const std::string ready = R"({ "id": "it", "never": { "ready": "w1" }, "from": "30s" })";
  const auto parsed = scenario::parse("prepared.json", prepared("", ready), check::vocabulary());
  ASSERT_TRUE(parsed) << scenario::to_string(parsed.error());
  Recorder recorder(check::make_judge(*parsed));
  const auto judge = check::make_judge(*parsed);
  const auto recorded = scenario::run(*parsed, 1, recorder);
  const auto judged = scenario::run(*parsed, 1, *judge);
  ASSERT_FALSE(recorded.findings.violations.empty());
  EXPECT_EQ(recorded.digest, judged.digest);
  EXPECT_EQ(recorded.findings.violations, judged.findings.violations);
}

}  // namespace
}  // namespace sim::why
