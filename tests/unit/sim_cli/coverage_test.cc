// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "sim/cli/play.h"
#include "sim/report/coverage_table.h"

namespace sim::report {
namespace {

Suite suite(const std::string& file, std::vector<engine::Reached> runs) {
  Suite s;
  s.file = file;
  for (engine::Reached& reached : runs) {
    scenario::RunResult run;
    run.seed = s.results.size() + 1;
    run.reached = std::move(reached);
    s.results.push_back(std::move(run));
  }
  return s;
}

CoverageTable table() {
  CoverageTable made({{"a.never", "a.cc:1", false},
                      {"a.often", "a.cc:2", false},
                      {"a.rare", "a.cc:3", false},
                      {"a.size", "a.cc:4", true}});
  made.add(suite("one.json", {{{"a.often", 3}, {"a.size", 5}}, {{"a.often", 1}, {"a.size", 9}}}));
  made.add(suite("two.json", {{{"a.often", 1}, {"a.rare", 7}, {"a.size", 2}}}));
  return made;
}

TEST(CoverageTable, TellsTheRarestFirstAndWhereItCame) {
  const auto rows = table().rows();
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].point.name, "a.never");
  EXPECT_EQ(rows[1].point.name, "a.rare");
  EXPECT_EQ(rows[1].file, "two.json");
  EXPECT_EQ(rows[1].runs, 1U);
  EXPECT_EQ(rows[1].count, 7U);
  EXPECT_EQ(rows[2].count, 5U);
  EXPECT_EQ(rows[3].count, 9U);
  EXPECT_EQ(rows[3].seed, 2U) << "where it was largest";
}

TEST(CoverageTable, SaysTheSameAsTextAndAsJson) {
  const std::string text = table().to_text();
  EXPECT_NE(text.find("4 points, 1 never reached by 3 runs"), std::string::npos) << text;
  EXPECT_LT(text.find("a.never"), text.find("a.rare"));
  EXPECT_LT(text.find("a.rare"), text.find("a.often"));
  const auto json = nlohmann::json::parse(table().to_json());
  EXPECT_EQ(json.at("runs"), 3);
  EXPECT_EQ(json.at("points").at(1).at("by").at("file"), "two.json");
  EXPECT_EQ(json.at("points").at(3).at("largest"), 9);
}

TEST(CoverageTable, ComparesWithTheListOfWhatIsNeverReached) {
  EXPECT_TRUE(table().compare({{"a.never", "why"}}).empty());
  EXPECT_EQ(table().compare({}).size(), 1U);
  const auto wrong = table().compare({{"a.never", "why"}, {"a.rare", "why"}, {"a.gone", "why"}});
  ASSERT_EQ(wrong.size(), 2U);
  EXPECT_NE(wrong[0].find("two.json seed 1 reaches it"), std::string::npos) << wrong[0];
  EXPECT_NE(wrong[1].find("does not exist"), std::string::npos) << wrong[1];
}

TEST(CoverageTable, RefusesAListWithoutReasons) {
  EXPECT_TRUE(parse_never_reached(R"({"never_reached": [{"point": "a", "reason": "why"}]})"));
  for (const char* text :
       {"", "[]", R"({"never_reached": [{"point": "a"}]})", R"({"never_reached": [{"point": "a", "reason": ""}]})"}) {
    EXPECT_FALSE(parse_never_reached(text)) << text;
  }
}

TEST(Points, OfTheProgramHaveNamesOfTheirOwn) {
  const auto points = engine::coverage_points();
  EXPECT_GE(points.size(), 100U);
  std::set<std::string> names;
  for (const auto& point : points) {
    EXPECT_TRUE(names.insert(point.name).second) << point.name << " is used twice";
    EXPECT_TRUE(point.place.starts_with("syncer/") || point.place.starts_with("sim/")) << point.place;
  }
}

constexpr const char* kText = R"json({
  "scenario": 1, "name": "small", "duration": "60s",
  "topology": { "regions": {
    "east": { "registry": "sc-e", "syncers": ["e1"] },
    "west": { "registry": "sc-w", "syncers": ["w1"] } } },
  "config": { "w1": { "join": ["e1"] } },
  "workloads": [ { "id": "base", "kind": "steady", "registry": "all", "services": 2, "instances_per_service": 2 } ],
  "events": [ { "id": "boot", "at": "0s", "do": "start", "who": "all" },
    { "id": "fall", "at": "30s", "do": "bounce", "who": "w1", "down": "5s" } ] })json";

TEST(Points, CountEquallyInEqualRunsAndChangeNothing) {
  const auto parsed = scenario::parse("small.json", kText, cli::vocabulary());
  ASSERT_TRUE(parsed) << scenario::to_string(parsed.error());
  const scenario::RunResult counted = cli::play_counted(*parsed, 1);
  EXPECT_EQ(counted.reached, cli::play_counted(*parsed, 1).reached);
  EXPECT_FALSE(counted.reached.empty());
  const scenario::RunResult uncounted = cli::play(*parsed, 1);
  EXPECT_TRUE(uncounted.reached.empty());
  EXPECT_EQ(counted.digest, uncounted.digest);
  EXPECT_EQ(from_line(to_line(counted))->reached, counted.reached);
}

}  // namespace
}  // namespace sim::report
