// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "sim/check/judge.h"
#include "sim/explore/chaos.h"
#include "sim/scenario/parse.h"
#include "sim/scenario/run.h"
#include "syncer/base/mutation.h"

namespace sim {
namespace {

using nlohmann::json;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// tests/mutation/mutations.json: each deliberate fault, what catches it, and within how many seeds.
json table() { return json::parse(text_of(SYNCER_SOURCE_DIR "/tests/mutation/mutations.json")); }

std::vector<json> rows_caught_by_scenarios() {
  std::vector<json> rows;
  for (const json& row : table()) {
    if (row.contains("scenario")) rows.push_back(row);
  }
  return rows;
}

class Mutation : public testing::TestWithParam<json> {
 protected:
  void TearDown() override { syncer::mutation::active = {}; }
};

std::set<std::string> violations(const scenario::Scenario& scenario, std::uint64_t seed) {
  const scenario::Scenario explicit_one = explore::materialize(scenario, seed);
  const auto judge = check::make_judge(explicit_one);
  std::set<std::string> ids;
  for (const auto& violation : scenario::run(explicit_one, seed, *judge).findings.violations) ids.insert(violation.id);
  return ids;
}

TEST_P(Mutation, IsCaught) {
  const json& row = GetParam();
  const std::string name = row.at("mutation");
  const std::string file = SYNCER_SOURCE_DIR "/scenarios/" + row.at("scenario").get<std::string>() + ".json";
  const auto scenario = scenario::load(file, check::vocabulary());
  ASSERT_TRUE(scenario) << scenario::to_string(scenario.error());
  const auto by = row.at("by").get<std::set<std::string>>();
  ASSERT_FALSE(by.empty());
  syncer::mutation::active = name;
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= row.at("seeds").get<std::uint64_t>(); ++seed) {
    for (const std::string& id : violations(*scenario, seed)) seen.insert(id);
    const bool caught = std::any_of(by.begin(), by.end(), [&](const std::string& id) { return seen.count(id) != 0; });
    if (!caught) continue;
    RecordProperty("seeds_needed", std::to_string(seed));
    return;
  }
  FAIL() << name << " was not caught by " << testing::PrintToString(by) << " in " << file << "; seen "
         << testing::PrintToString(seen);
}

INSTANTIATE_TEST_SUITE_P(Table, Mutation, testing::ValuesIn(rows_caught_by_scenarios()), [](const auto& info) {
  return std::regex_replace(info.param.at("mutation").template get<std::string>(), std::regex("[^A-Za-z0-9]"), "_");
});

TEST(MutationTable, NamesEveryDeliberateFaultAndNothingElse) {
  std::set<std::string> in_source;
  const std::regex point(R"rx(SYNCER_MUTATED\("([^"]+)"\))rx");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SYNCER_SOURCE_DIR "/syncer")) {
    if (!entry.is_regular_file() || entry.path().filename() == "mutation.h") continue;
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), point), end; it != end; ++it) in_source.insert((*it)[1]);
  }
  std::set<std::string> in_table;
  for (const json& row : table()) {
    EXPECT_TRUE(row.contains("scenario") != row.contains("test")) << row;
    in_table.insert(row.at("mutation").get<std::string>());
  }
  EXPECT_EQ(in_source, in_table);
  EXPECT_GE(in_table.size(), 20U);
}

TEST(MutationTable, EveryInvariantIsShownToFire) {
  std::set<std::string> fired;
  for (const json& row : rows_caught_by_scenarios()) {
    for (const json& id : row.at("by")) fired.insert(id.get<std::string>());
  }
  for (const std::string_view invariant : check::vocabulary().invariants) {
    EXPECT_EQ(fired.count(std::string(invariant)), 1U) << "no mutation makes " << invariant << " fire";
  }
}

}  // namespace
}  // namespace sim
