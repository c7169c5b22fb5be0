// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "tests/mutation/caught.h"
#include "tests/mutation/table.h"
#include "tests/support/scenario_files.h"

namespace sim {
namespace {

using nlohmann::json;

class Mutation : public testing::TestWithParam<json> {};

TEST_P(Mutation, IsCaught) {
  const json& row = GetParam();
  const std::string name = row.at("mutation");
  const std::string file = scenario_file(row.at("scenario").get<std::string>());
  const auto scenario = scenario::load(file, check::vocabulary());
  ASSERT_TRUE(scenario) << scenario::to_string(scenario.error());
  const auto by = row.at("by").get<std::set<std::string>>();
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= row.at("seeds").get<std::uint64_t>(); ++seed) {
    seen.merge(violations(*scenario, seed, name));
    const bool caught = std::includes(seen.begin(), seen.end(), by.begin(), by.end());
    if (!caught) continue;
    RecordProperty("seeds_needed", std::to_string(seed));
    return;
  }
  FAIL() << name << " violates " << testing::PrintToString(seen) << " in " << file << ", not all of "
         << testing::PrintToString(by);
}

INSTANTIATE_TEST_SUITE_P(Table, Mutation, testing::ValuesIn(rows_with("scenario")), test_name);

TEST(MutationTable, NamesEveryDeliberateFaultAndNothingElse) {
  std::set<std::string> in_table;
  for (const json& row : table()) {
    EXPECT_EQ(row.count("scenario") + row.count("test") + row.count("case"), 1U) << row;
    EXPECT_FALSE(row.at("about").get<std::string>().empty()) << row;
    EXPECT_TRUE(in_table.insert(row.at("mutation").get<std::string>()).second) << row;
  }
  EXPECT_EQ(mutations_in_source(), in_table);
}

TEST(MutationTable, NamesOnlyTestsThatRunTheirMutation) {
  for (const json& row : rows_with("test")) {
    const std::string test = row.at("test");
    const std::string text = text_of(SYNCER_SOURCE_DIR "/tests/" + test);
    EXPECT_NE(text.find('"' + row.at("mutation").get<std::string>() + '"'), std::string::npos) << row;
  }
}

/// Those of ordinary days and of losses: the promise itself. Of the last one only the simulator's language is tested.
TEST(MutationTable, ShowsEveryPropertyOfDaysToFire) {
  std::set<std::string> fired;
  for (const json& row : table()) {
    if (row.contains("case")) fired.insert(row.at("case").get<std::string>());
    for (const json& also : row.value("also", json::array())) fired.insert(also.get<std::string>());
  }
  std::size_t properties = 0;
  for (const char* file : {"/tests/property/replication/loss_guard_test.cc", "/tests/property/scenario/day_test.cc"}) {
    const std::string text = text_of(std::string(SYNCER_SOURCE_DIR) + file);
    static const std::regex kProperty(R"(RC_GTEST_PROP\((\w+), (\w+))");
    for (auto it = std::sregex_iterator(text.begin(), text.end(), kProperty); it != std::sregex_iterator(); ++it) {
      const std::string name = (*it)[1].str() + "." + (*it)[2].str();
      if (name == "Day.ReadsBackAsItWasWritten") continue;
      ++properties;
      EXPECT_EQ(fired.count(name), 1U) << "no mutation makes " << name << " fire";
    }
  }
  EXPECT_GE(properties, 6U);
}

TEST(MutationTable, ShowsEveryInvariantToFire) {
  std::set<std::string> fired;
  for (const json& row : rows_with("scenario")) {
    EXPECT_FALSE(row.at("by").empty()) << row;
    for (const json& id : row.at("by")) fired.insert(id.get<std::string>());
  }
  for (const std::string_view invariant : check::vocabulary().invariants) {
    EXPECT_EQ(fired.count(std::string(invariant)), 1U) << "no mutation makes " << invariant << " fire";
  }
}

}  // namespace
}  // namespace sim
