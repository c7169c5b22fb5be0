// SPDX-License-Identifier: Apache-2.0
// The predicates that count what a registry shows.
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim::check {
namespace {

/// Ids of the expectations that a run of two regions breaks; `body` has its workloads, events and expectations.
std::set<std::string> broken_by(const std::string& body) {
  const auto parsed = scenario::parse("shown.json",
                                      R"json({
  "scenario": 1, "name": "shown", "duration": "40s",
  "topology": {
    "regions": {
      "east": { "registry": "sc-e", "syncers": ["e1"] },
      "west": { "registry": "sc-w", "syncers": ["w1"] } },
    "registries": { "sc-e": { "ttl": "20s", "returning": { "ids": "new" } } } },
  "config": { "w1": { "join": ["e1"] } },
  )json" + body + "}",
                                      vocabulary());
  EXPECT_TRUE(parsed) << scenario::to_string(parsed.error());
  if (!parsed) return {"unreadable"};
  const auto judge = make_judge(*parsed);
  std::set<std::string> broken;
  for (const auto& violation : scenario::run(*parsed, 1, *judge).findings.violations) broken.insert(violation.id);
  return broken;
}

TEST(Shown, CountsTheCopiesOfAllThatIsMeantTogether) {
  EXPECT_EQ(broken_by(R"json(
    "workloads": [ { "id": "base", "kind": "steady", "registry": "sc-e", "services": 2, "instances_per_service": 3 } ],
    "events": [
      { "id": "boot", "at": "0s", "do": "start", "who": "all" },
      { "id": "out", "at": "25s", "do": "registry.deregister", "registry": "sc-e", "instance": "base/svc-1/1" } ],
    "expect": [
      { "id": "six", "from": "15s", "until": "25s",
        "always": { "shown": "base/*/*", "in": "sc-w", "at_least": 6, "at_most": 6 } },
      { "id": "of-one", "from": "15s",
        "always": { "shown": "base/svc-2/*", "in": "sc-w", "at_least": 3, "at_most": 3 } },
      { "id": "not-at-home", "always": { "shown": "base/*/*", "in": "sc-e", "at_most": 0 } },
      { "id": "still-six", "always": { "shown": "base/*/*", "in": "sc-w", "at_least": 6 }, "from": "15s" },
      { "id": "five", "always": { "shown": "base/*/*", "in": "sc-w", "at_most": 5 }, "from": "15s" } ])json"),
            (std::set<std::string>{"still-six", "five"}));
}

TEST(Doubled, IsAnEndpointThatTwoCopiesOfOneServiceHave) {
  const auto events = [](const std::string& second) {
    return R"json("events": [
      { "id": "boot", "at": "0s", "do": "start", "who": "all" },
      { "id": "one", "at": "10s", "do": "registry.register", "registry": "sc-e", "service": { "name": "cart" },
        "instance": "i1", "endpoints": ["rest://10.1.0.7:80"] },
      { "id": "two", "at": "20s", "do": "registry.register", "registry": "sc-e", "service": { "name": ")json" +
           second + R"json(" }, "instance": "i2", "endpoints": ["rest://10.1.0.7:80"] } ],
    "expect": [ { "id": "before", "never": { "doubled": "sc-w" }, "until": "20s" },
                { "id": "once", "never": { "doubled": "sc-w" } },
                { "id": "at-home", "never": { "doubled": "sc-e" } } ])json";
  };
  EXPECT_EQ(broken_by(events("cart")), std::set<std::string>{"once"});
  EXPECT_EQ(broken_by(events("order")), std::set<std::string>{});
}

}  // namespace
}  // namespace sim::check
