// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/parse.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/sim_scenario/small.h"

namespace sim::scenario {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Parse, ReadsTheSmallestScenario) {
  const Parsed parsed = parse("f.json", small_file(""));
  ASSERT_TRUE(parsed) << to_string(parsed.error());
  EXPECT_EQ(parsed->name, "small");
  EXPECT_EQ(parsed->duration, seconds(60));
  ASSERT_EQ(parsed->topology.regions.size(), 2U);
  EXPECT_EQ(parsed->topology.regions[1].syncers, std::vector<std::string>{"w1"});
  EXPECT_EQ(parsed->topology.registries.size(), 2U);
}

TEST(Parse, NamesPlaceLineCaretAndNearestWordOfAnUnknownKey) {
  EXPECT_EQ(problems_of("{\n  \"scenario\": 1, \"name\": \"x\",\n  \"durration\": \"3s\",\n  \"topology\": {}\n}\n"),
            "f.json:1:1: \"duration\" is missing (simulated time)\n  {\n  ^\n"
            "f.json:3:3: unknown key \"durration\", did you mean \"duration\"?\n"
            "    \"durration\": \"3s\",\n    ^\n  at durration\n");
}

TEST(Parse, TellsAllProblemsOfAFileAtOnce) {
  const std::string text = problems_of(small_file(
      R"("events": [ { "at": "1s", "do": "strat", "who": "all" }, { "at": 7, "do": "stop", "who": "e1",
      "why": "x" } ])"));
  EXPECT_NE(text.find("unknown word \"strat\", did you mean \"start\"?"), std::string::npos) << text;
  EXPECT_NE(text.find("(a bare number has no unit)"), std::string::npos) << text;
  EXPECT_NE(text.find("unknown key \"why\""), std::string::npos) << text;
}

TEST(Parse, RefusesWordsOfTheFormatThatAreNotSupportedYetByName) {
  const auto refused = [](const std::string& text, const std::string& word) {
    const std::string problems = problems_of(text);
    EXPECT_NE(problems.find("\"" + word + "\" is known, but not supported yet; "), std::string::npos) << problems;
  };
  refused(small_file(R"("golden": {})"), "golden");
  refused(small_file(R"("report": { "html": true })"), "report");
  refused(small_file(R"("events": [ { "at": "1s", "do": "upgrade", "who": "e1", "to": "2" } ])"), "upgrade");
  refused(small_file(R"("workloads": [ { "id": "h", "kind": "rename", "registry": "sc-e" } ])"), "rename");
  refused(small_file(R"("expect": [ { "id": "s", "sometimes": { "loop_back": "any" } } ])"), "sometimes");
  refused(small_file(R"("expect": [ { "id": "l", "always": { "log": "any" } } ])"), "log");
  refused(small_file(R"("seed": "any")"), "any");
}

TEST(Parse, NamesTheWordThatTookThePlaceOfAnOlderOne) {
  const auto renamed = [](const std::string& text, const std::string& former, const std::string& now) {
    const std::string problems = problems_of(text);
    const std::string want = "\"" + former + "\", it is called \"" + now + "\" now";
    EXPECT_NE(problems.find(want), std::string::npos) << problems;
  };
  const std::string event =
      R"("events": [ { "at": "1s", "do": "sc.expire", "service_center": "sc-e", "instance": "a" } ])";
  renamed(small_file(event), "sc.expire", "registry.expire");
  renamed(
      small_file(R"("events": [ { "at": "1s", "do": "registry.expire", "service_center": "sc-e", "instance": "a" } ])"),
      "service_center", "registry");
  renamed(small_file(R"("chaos": [ { "families": [ "sc.outage" ], "budget": { "service_centers_out": 1 } } ])"),
          "sc.outage", "registry.outage");
  renamed(small_file(R"("chaos": [ { "families": [ "crash" ], "budget": { "service_centers_out": 1 } } ])"),
          "service_centers_out", "registries_out");
  renamed(R"({ "scenario": 1, "name": "x", "duration": "1s", "topology": { "regions": {}, "service_centers": {} } })",
          "service_centers", "registries");
}

TEST(Parse, NamesTheNearestThingThatWorksForAWordThatDoesNotYet) {
  const std::string text = problems_of_event(R"({ "at": "1s", "do": "set_config", "who": "e1" })");
  EXPECT_NE(text.find("use \"restart\" with \"config\""), std::string::npos) << text;
}

TEST(Parse, RefusesSettingsOfARestartAsThoseOfTheFile) {
  EXPECT_NE(problems_of_event(R"({ "at": "1s", "do": "restart", "who": "e1", "config": { "nod": "x" } })"), "");
  EXPECT_NE(problems_of_event(R"({ "at": "1s", "do": "restart", "who": "e1", "config": { "node": "x" } })"), "");
  EXPECT_EQ(problems_of_event(R"({ "at": "1s", "do": "restart", "who": "e1", "config": { "guard.minimum": 5 } })"), "");
}

TEST(Parse, RefusesABareNumberWhereAUnitIsNeeded) {
  EXPECT_NE(problems_of_event(R"({ "at": "1s", "do": "pause", "who": "e1", "for": 8 })").find("f.json:6:"),
            std::string::npos);
  EXPECT_NE(problems_of_event(R"({ "at": "1s", "do": "pause", "who": "e1", "for": "8" })"), "");
}

TEST(Parse, RefusesSyntaxErrorsWithTheirPlace) {
  const std::string text = problems_of("{\n  \"scenario\": 1,,\n}\n");
  EXPECT_EQ(text.substr(0, 14), "f.json:2:17: n") << text;
}

TEST(Parse, RefusesARepeatedKey) {
  EXPECT_NE(problems_of("{ \"name\": \"a\", \"name\": \"b\" }").find("1:16: \"name\" is given twice"),
            std::string::npos);
}

TEST(Parse, RefusesNestingThatIsTooDeep) {
  EXPECT_NE(problems_of(std::string(5000, '[')).find("nested deeper"), std::string::npos);
}

TEST(Parse, RefusesAnotherVersionOfTheFormat) {
  std::string text = small_file("");
  text.replace(text.find("\"scenario\": 1"), 13, "\"scenario\": 2");
  EXPECT_NE(problems_of(text).find("reads version 1"), std::string::npos);
}

TEST(Parse, KeepsCommentsAndPositionsApart) {
  const std::string text = "// a comment with \"quotes\" {\n/* and\n one more */ { \"nme\": 1 }\n";
  EXPECT_NE(problems_of(text).find("f.json:3:16: unknown key \"nme\", did you mean \"name\"?"), std::string::npos)
      << problems_of(text);
}

TEST(Parse, TakesWhatAnIncludedFileGivesAndLetsTheFileOverrideIt) {
  const auto include = [](const std::string& path) -> syncer::Result<std::string> {
    EXPECT_EQ(path, "shared.json");
    return std::string(R"({ "duration": "9s", "topology": { "regions": { "r": { "registry": "s",
      "syncers": ["n"] } } } })");
  };
  const Parsed parsed =
      parse("f.json", R"({ "scenario": 1, "name": "x", "duration": "5s", "include": ["shared.json"] })", {}, include);
  ASSERT_TRUE(parsed) << to_string(parsed.error());
  EXPECT_EQ(parsed->duration, seconds(5));
  EXPECT_EQ(parsed->topology.regions.at(0).name, "r");
}

TEST(Parse, TellsThePlaceInsideAnIncludedFile) {
  const auto include = [](const std::string&) -> syncer::Result<std::string> {
    return std::string("{\n \"topologie\": 1 }");
  };
  const Parsed parsed = parse("f.json", R"({ "scenario": 1, "include": ["shared.json"] })", {}, include);
  ASSERT_FALSE(parsed);
  EXPECT_NE(to_string(parsed.error()).find("shared.json:2:2: unknown key \"topologie\""), std::string::npos);
}

TEST(Parse, ReadsTheSettingsOfTheDaemonAndRefusesOthers) {
  EXPECT_EQ(problems_of(small_file(R"("config": { "all": { "sync.interval": "10s", "gossip.fanout": 3 },
      "w1": { "join": ["e1"] } })")),
            "");
  EXPECT_NE(problems_of(small_file(R"("config": { "all": { "gossip.fanuot": 3 } })")).find("gossip.fanout"),
            std::string::npos);
  EXPECT_NE(problems_of(small_file(R"("config": { "all": { "node": "x" } })")).find("decided by the topology"),
            std::string::npos);
  EXPECT_EQ(problems_of(small_file(R"("config": { "w1": { "join": ["e1/rpc"] } })")), "");
  for (const char* nobody : {"e7", "e7/rpc", "e1/tcp", "/rpc"}) {
    const std::string config = R"("config": { "w1": { "join": [")" + std::string(nobody) + R"("] } })";
    EXPECT_NE(problems_of(small_file(config)).find("no syncer"), std::string::npos) << nobody;
  }
  EXPECT_NE(problems_of(small_file(R"("config": { "x1": { "join": ["e1"] } })")).find("nothing is called \"x1\""),
            std::string::npos);
}

TEST(Parse, GivesAnEventWithoutIdAName) {
  const Parsed parsed = parse("f.json", small_file(R"("events": [ { "at": "1s", "do": "stop", "who": "e1" } ])"));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->events.at(0).id, "event-1");
  EXPECT_EQ(parsed->events.at(0).place.line, 6);
}

TEST(Parse, TellsTheFromOfARepetitionFromThatOfAPartition) {
  const Parsed parsed = parse("f.json", small_file(R"("events": [
    { "at": "1s", "do": "partition", "from": "region:east", "to": "w1" },
    { "every": "5s", "from": "10s", "until": "30s", "do": "bounce", "who": "e1", "down": "500ms" } ])"));
  ASSERT_TRUE(parsed) << to_string(parsed.error());
  EXPECT_EQ(std::get<Partition>(parsed->events[0].action).from.text, "region:east");
  EXPECT_EQ(parsed->events[1].anchor.from, (Moment{"", seconds(10)}));
  EXPECT_EQ(std::get<Bounce>(parsed->events[1].action).down, milliseconds(500));
}

}  // namespace
}  // namespace sim::scenario
