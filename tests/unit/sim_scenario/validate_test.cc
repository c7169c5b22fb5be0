// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/sim_scenario/small.h"

namespace sim::scenario {
namespace {

/// The text is refused with a message that holds `part`.
void refused(const std::string& text, const std::string& part) {
  const std::string problems = problems_of(text);
  EXPECT_NE(problems.find(part), std::string::npos) << text << "\n-> " << problems;
}

void event_refused(const std::string& event, const std::string& part) {
  refused(small_file("\"events\": [" + event + "]"), part);
}

TEST(Validate, RefusesAnchorsInACircle) {
  refused(small_file(R"("events": [
    { "id": "a", "after": "b + 1s", "do": "stop", "who": "e1" },
    { "id": "b", "after": "c", "do": "stop", "who": "e1" },
    { "id": "c", "after": "a", "do": "stop", "who": "e1" } ])"),
          "waits for itself: a -> b -> c -> a");
}

TEST(Validate, RefusesAnUnknownLabelWithTheNearestOne) {
  refused(small_file(R"("events": [ { "id": "boot", "at": "0s", "do": "start", "who": "all" },
                                    { "after": "bot", "do": "stop", "who": "e1" } ])"),
          "there is no label \"bot\", did you mean \"boot\"?");
}

TEST(Validate, RefusesABridgeThatNoProcessCouldBe) {
  const auto file = [](const std::string& east, const std::string& west) {
    return R"({ "scenario": 1, "name": "n", "about": "a", "duration": "10s", "topology": { "regions": {
      "east": { "registry": "a", "syncers": ["e1"])" +
           east + R"( }, "west": { "registry": "b", "syncers": ["w1"])" + west + " } } } }";
  };
  refused(file("", R"(, "bridge_of": "e2")"), "there is no syncer \"e2\"");
  const std::string unfit = "a bridge is between two regions of mode \"single\"";
  refused(file("", R"(, "bridge_of": "w1")"), unfit);
  refused(file(R"(, "mode": "cluster")", R"(, "bridge_of": "e1")"), unfit);
  refused(file(R"(, "bridge_of": "w1")", R"(, "bridge_of": "e1")"), unfit);
}

TEST(Validate, RefusesLabelsThatAreTakenOrReserved) {
  refused(small_file(R"("events": [ { "id": "a", "at": "0s", "do": "start", "who": "all" },
                                    { "id": "a", "at": "1s", "do": "stop", "who": "e1" } ])"),
          "label \"a\" is taken already");
  event_refused(R"({ "id": "end", "at": "0s", "do": "start", "who": "all" })", "reserved label");
  event_refused(R"({ "after": "settle", "do": "start", "who": "all" })", "there is no label \"settle\"");
}

TEST(Validate, WantsExactlyOneAnchor) {
  event_refused(R"({ "do": "stop", "who": "e1" })", "says not when");
  event_refused(R"({ "at": "1s", "every": "2s", "do": "stop", "who": "e1" })", "says twice when");
  event_refused(R"({ "at": "reg", "do": "stop", "who": "e1" })", "a label goes with \"after\"");
  event_refused(R"({ "when": { "conflict": "e1" }, "do": "stop", "who": "e1" })", "go together");
}

TEST(Validate, RefusesSelectorsThatNameNothing) {
  event_refused(R"({ "at": "1s", "do": "stop", "who": "e9" })", "nothing is called \"e9\"");
  event_refused(R"({ "at": "1s", "do": "stop", "who": "region:eats" })", "did you mean \"east\"");
  event_refused(R"({ "at": "1s", "do": "stop", "who": "$victim" })", "nothing is called \"$victim\"");
  event_refused(R"j({ "at": "1s", "do": "stop", "who": "oen(all)" })j", "did you mean \"one\"");
  event_refused(R"({ "at": "1s", "do": "stop", "who": "one(all" })", "\")\" is missing");
}

TEST(Validate, RefusesACapturedNameWhereNothingIsCapturedYet) {
  const std::string events = R"("events": [ { "id": "a", "at": "1s", "do": "stop", "who": "e1", "as": "v" } ])";
  refused(small_file(events + R"(, "config": { "$v": { "guard.minimum": 5 } })"), "only while the run goes on");
  EXPECT_EQ(problems_of(small_file(events + R"(, "expect": [ { "id": "x", "never": { "down": "$v" } } ])")), "");
  refused(small_file(events + R"(, "expect": [ { "id": "x", "never": { "absent": "$v", "in": "all" } } ])"),
          "captures nodes and registries");
  refused(small_file(events + R"(, "expect": [ { "id": "x", "never": { "down": "$w" } } ])"),
          "nothing is called \"$w\", did you mean \"v\"?");
}

TEST(Validate, RefusesAPartitionThatCutsNothing) {
  event_refused(R"({ "at": "1s", "do": "partition", "from": "e1" })", "wants either \"groups\"");
  event_refused(R"({ "at": "1s", "do": "partition", "groups": [["e1"]] })", "one group alone");
  event_refused(R"({ "at": "1s", "do": "heal", "what": "cut" })", "there is no partition, clog or link event \"cut\"");
}

TEST(Validate, RefusesRegistriesInstancesAndCallsThatDoNotExist) {
  event_refused(R"({ "at": "1s", "do": "registry.outage", "registry": "sc-x" })", "there is no registry \"sc-x\"");
  event_refused(R"({ "at": "1s", "do": "registry.fail", "registry": "sc-e", "with": [{ "status": 503 }],
      "ops": ["list_service"] })",
                "list_services");
  event_refused(R"({ "at": "1s", "do": "registry.fail", "registry": "sc-e", "with": [{ "status": 503,
      "hang": "1s" }] })",
                "wants one of \"status\"");
  event_refused(R"({ "at": "1s", "do": "registry.register", "registry": "sc-e", "service": { "name": "s" },
      "instance": "a b" })",
                "cannot name an instance");
  event_refused(R"({ "at": "1s", "do": "registry.failover", "registry": "sc-e", "address": 1 })", "has 1 address(es)");
  event_refused(R"({ "at": "1s", "do": "registry.restore", "registry": "sc-e", "to": "monday" })", "there is no event");
}

TEST(Validate, RefusesTopologiesThatCannotBe) {
  const auto topology = [](const std::string& regions) {
    return "{ \"scenario\": 1, \"name\": \"t\", \"duration\": \"1s\", \"topology\": { \"regions\": {" + regions +
           "} } }";
  };
  refused(topology(""), "at least one region");
  refused(topology(R"("a": { "registry": "s", "syncers": ["x", "y"] })"), "exactly one syncer");
  refused(topology(R"("a": { "registry": "s", "syncers": ["x", "y"], "mode": "cluster" })"),
          "a region of mode \"cluster\" has 1, 3, 5 or 7 syncers");
  refused(topology(R"("a": { "registry": "x", "syncers": ["x"] })"), "name of something else");
  refused(topology(R"("a": { "registry": "s", "syncers": ["all"] })"), "not usable as a name");
}

TEST(Validate, RefusesWorkloadsThatHaveNothingToWorkOn) {
  const auto with = [](const std::string& workload) {
    return small_file(R"("workloads": [
      { "id": "base", "kind": "steady", "registry": "sc-e", "services": 1, "instances_per_service": 2 },
      { "id": "auto", "kind": "autoscale", "registry": "sc-e", "up": "5s", "down": "5s", "service": "base/svc-1" },
      { "id": "more", "registry": "sc-e", )" +
                      workload + " } ]");
  };
  EXPECT_EQ(problems_of(with(R"("kind": "rolling_deploy", "service": "base/svc-1", "overlap": "3s")")), "");
  refused(with(R"("kind": "rolling_deploy", "service": "other/svc-1")"), "wants a service of a workload");
  refused(with(R"("kind": "autoscale", "service": "auto/svc-1", "up": "5s", "down": "5s")"),
          "wants a service of a workload");
  refused(with(R"("kind": "autoscale", "service": "base/svc-1", "up": "0s", "down": "5s")"), "wants a time above zero");
  refused(with(R"("kind": "autoscale", "service": "base/svc-1", "up": "5s", "down": "0s")"), "wants a time above zero");
}

TEST(Validate, LetsTheKindOfARegistryCheckItsDetails) {
  const auto registry = [](const std::string& details) {
    return R"({ "scenario": 1, "name": "t", "duration": "1s", "topology": { "regions": { "a": { "registry": "s",
        "syncers": ["x"] } }, "registries": { "s": )" +
           details + " } } }";
  };
  refused(registry(R"({ "kind": "servicecentre" })"), "did you mean \"servicecenter\"");
  refused(registry(R"({ "version": "9.9.9" })"), "f.json:2:65: unknown release \"9.9.9\"");
  refused(registry(R"({ "min_lease": "3s" })"), "wants a multiple of 4s");
}

TEST(Validate, RefusesDelaysWithoutTheirParameters) {
  event_refused(R"({ "at": "1s", "do": "link", "from": "e1", "to": "w1", "latency": { "dist": "uniform",
      "min": "1ms" } })",
                "\"min\" <= \"max\"");
  event_refused(R"({ "at": "1s", "do": "link", "from": "e1", "to": "w1" })", "changes nothing");
}

TEST(Validate, RefusesUnknownMetricsWhenTheyAreKnown) {
  Vocabulary words;
  words.metrics = {"net.bytes_sent"};
  const Parsed parsed =
      parse("f.json", small_file(R"("expect": [ { "id": "m", "metric": "net.byte_sent", "max": "<= 1KiB" } ])"), words);
  ASSERT_FALSE(parsed);
  EXPECT_NE(to_string(parsed.error()).find("did you mean \"net.bytes_sent\""), std::string::npos);
}

TEST(Validate, RefusesTimesThatDoNotFit) {
  refused(small_file(R"("settle": { "within": "60s" })"), "leave nothing of the duration");
  refused(small_file(R"("seed": [1, 2], "runs": 3)"), "its own number of runs");
  refused(small_file(R"("expect": [ { "id": "c", "converged": "core", "within": "1s" } ])"), "wants a \"settle\"");
}

}  // namespace
}  // namespace sim::scenario
