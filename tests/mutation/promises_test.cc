// SPDX-License-Identifier: Apache-2.0
// tests/mutation/promises.json: for each scenario one deliberate fault of the product that breaks what its name and
// `about` promise, and which of its expectations say so. A scenario without one would be green whatever becomes of its
// promise. ctest plays a part of the table, which follows from the commit; SYNCER_PROMISES=all plays all of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "tests/mutation/caught.h"

namespace sim {
namespace {

using nlohmann::json;

constexpr const char* kScenarios = SYNCER_SOURCE_DIR "/scenarios";
constexpr std::size_t kParts = 4;

/// What is still open. Whoever finds a fault that breaks this one's promise gives it a row.
const std::set<std::string> kWithoutFault = {"kinds/a-name-that-another-kind-refuses-stays-at-home"};
/// Of these only an invariant is known to say that something is wrong.
const std::set<std::string> kByInvariantsAlone = {
    "network/1500-registrations-while-cut", "security/hostile-peer-holds-connections", "workload/flapping-instance"};

struct Row {
  std::string file;  ///< below scenarios/, without its ending
  std::string fault;
  std::set<std::string> by;
  std::uint64_t seed = 1;  ///< where chance decides what the fault meets
};

std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.file << ": " << row.fault; }

std::vector<Row> table() {
  std::vector<Row> rows;
  const json promises = json::parse(text_of(SYNCER_SOURCE_DIR "/tests/mutation/promises.json"));
  for (const auto& [file, row] : promises.items()) {
    rows.push_back({file, row.at("fault"), row.at("by").get<std::set<std::string>>(), row.value("seed", 1U)});
  }
  return rows;
}

/// The part whose turn it is; nothing for all of them.
std::optional<std::size_t> part() {
  const char* const wish = std::getenv("SYNCER_PROMISES");
  if (wish != nullptr && std::string_view(wish) == "all") return std::nullopt;
  const char* const parameters = std::getenv("RC_PARAMS");  // tests/property/seed.cmake: follows from the commit
  std::cmatch seed;
  if (parameters == nullptr || !std::regex_search(parameters, seed, std::regex("seed=(\\d+)"))) return 0;
  return std::strtoull(seed[1].first, nullptr, 10) % kParts;
}

std::vector<Row> rows_of_the_day() {
  std::vector<Row> rows = table();
  const auto wanted = part();
  std::size_t place = 0;
  std::erase_if(rows, [&](const Row&) { return wanted && place++ % kParts != *wanted; });
  return rows;
}

scenario::Scenario load(const std::string& file) {
  auto loaded = scenario::load(std::string(kScenarios) + "/" + file + ".json", check::vocabulary());
  if (!loaded) throw std::runtime_error(scenario::to_string(loaded.error()));
  return std::move(*loaded);
}

class Promise : public testing::TestWithParam<Row> {};

TEST_P(Promise, IsMissedWhenItIsBroken) {
  const Row& row = GetParam();
  const auto seen = violations(load(row.file), row.seed, row.fault);
  EXPECT_TRUE(std::includes(seen.begin(), seen.end(), row.by.begin(), row.by.end()))
      << row << " violates " << testing::PrintToString(seen) << ", not all of " << testing::PrintToString(row.by);
}

INSTANTIATE_TEST_SUITE_P(Table, Promise, testing::ValuesIn(rows_of_the_day()), [](const auto& row) {
  return std::regex_replace(row.param.file, std::regex("[^A-Za-z0-9]"), "_");
});

TEST(Promises, OfEveryScenarioHaveAFaultThatBreaksThem) {
  std::set<std::string> files;
  const auto all = scenario::scenario_files(kScenarios);
  ASSERT_TRUE(all) << syncer::to_string(all.error());
  for (const std::string& path : *all) {
    const auto file = std::filesystem::relative(path, kScenarios).replace_extension();
    files.insert(file.generic_string());
  }
  std::set<std::string> rows;
  for (const Row& row : table()) rows.insert(row.file);
  rows.insert(kWithoutFault.begin(), kWithoutFault.end());
  EXPECT_EQ(rows, files);
}

/// What random faults leave behind is for the invariants to say; elsewhere the file itself says what it promises.
bool misses(const scenario::Scenario& scenario, const Row& row) {
  const auto& expect = scenario.expect;
  const bool by_invariants =
      !scenario.chaos.empty() || row.file.starts_with("soak/") || kByInvariantsAlone.contains(row.file);
  return by_invariants ||
         std::any_of(expect.begin(), expect.end(), [&](const auto& e) { return row.by.contains(e.id); });
}

TEST(Promises, AreBrokenByFaultsOfTheProductAndMissedByTheirOwnExpectations) {
  const auto faults = mutations_in_source();
  for (const Row& row : table()) {
    EXPECT_TRUE(faults.contains(row.fault)) << row;
    EXPECT_FALSE(row.by.empty()) << row;
    EXPECT_TRUE(misses(load(row.file), row)) << row << " is missed by none of the file's own expectations";
  }
}

}  // namespace
}  // namespace sim
