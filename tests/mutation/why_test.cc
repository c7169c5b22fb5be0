// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <regex>
#include <vector>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "tests/mutation/caught.h"
#include "tests/mutation/table.h"
#include "tests/support/scenario_files.h"

namespace sim {
namespace {

/// A failure whose true cause is known, because a deliberate fault of the product makes it, and what the first line of
/// `syncsim why` must say of it.
struct Prepared {
  const char* mutation;
  const char* scenario;
  const char* violation;
  std::vector<const char*> says;
};

void PrintTo(const Prepared& row, std::ostream* out) { *out << row.mutation << " in " << row.scenario; }

class WhyOfMutations : public testing::TestWithParam<Prepared> {};

TEST_P(WhyOfMutations, NamesTheCauseInItsFirstLine) {
  const Prepared& row = GetParam();
  const auto scenario = scenario::load(scenario_file(row.scenario), check::vocabulary());
  ASSERT_TRUE(scenario) << scenario::to_string(scenario.error());
  const auto answers = answers_of_why(*scenario, 1, row.mutation, {row.violation});
  ASSERT_FALSE(answers.empty()) << row.violation << " is not violated";
  const std::string& line = answers.front().first_line;
  for (const char* part : row.says) EXPECT_NE(line.find(part), std::string::npos) << part << " is not in\n" << line;
}

const std::vector<Prepared> kPrepared = {
    {"catalog.marks_rub_off",
     "same-service-in-both-regions",
     "apps-untouched",
     {"w1 did instance_unregistered to instance cart-2 of registry sc-w",
      "w1 copy.registered region=east instance=cart-1"}},
    {"catalog.trust_the_list",
     "registry-partial-list-removes-nothing",
     "no-false-removal",
     {"w1 removed the copy of base/svc-1/1 in sc-w", "op=del", "while registry.list_partial, "}},
    {"membership.hasty_suspicion",
     "whole-region-lost-and-back",
     "member-states",
     {"w1 saw member.died", "member.died member=e1", "while e1 was down (crash, "}},
    {"membership.suspect_nobody",
     "whole-region-lost-and-back",
     "crashes-noticed",
     {"w1 still sees e1 alive", "while e1 was down (crash, "}},
    {"replication.rebind_without_hash",
     "short-silence-is-suspicion-and-no-more",
     "replica-equals-writer",
     {"e1 holds another set of region west", "e1 replica.rebound region=west"}},
    {"epoch.not_raised",
     "crash-and-restart-with-its-disk",
     "one-writer-per-epoch",
     {"e1 opened epoch 1.1 of region east", "while e1 was down (crash, "}},
    {"catalog.keep_removed_records",
     "target-registry-loses-its-copies",
     "no-resurrection",
     {"w1 registered a copy of base/svc-1/1 from region east", "w1 entry.applied region=east", "op=del"}},
    {"raft.forget_term_at_restart", "cluster-storm-of-elections", "single-leader", {"e3 begins with term 0"}},
    {"wire.ignore_checksum",
     "damaged-doubled-and-reordered-packets",
     "damage-dropped",
     {"w1 took up a damaged datagram and dropped nothing"}},
    {"catalog.keep_former_copies",
     "endpoint-property-and-status-changes-arrive",
     "single-copy",
     {"sc-w shows 2 copies of cart-1", "w1 copy.registered region=east instance=cart-1"}},
    {"node.advance_catalog_of_the_deposed",
     "cluster-deposed-leader-wakes-up",
     "single-leader",
     {"e1 sent GET ", "this node is not the writer any more"}},
    {"gossip.count_streams_up_only",
     "gossip-streams-are-counted-down",
     "resources-return",
     {"e1 holds ", " accepted gossip streams", "more than 0: as counted"}},
};

INSTANTIATE_TEST_SUITE_P(Table, WhyOfMutations, testing::ValuesIn(kPrepared), [](const auto& row) {
  return std::regex_replace(std::string(row.param.mutation), std::regex("[^A-Za-z0-9]"), "_");
});

/// The rows of the table that say what `syncsim why` says of the failure that the fault makes.
class WhyOfRows : public testing::TestWithParam<nlohmann::json> {};

TEST_P(WhyOfRows, NamesWhatTheFaultDid) {
  const nlohmann::json& row = GetParam();
  const auto scenario = scenario::load(scenario_file(row.at("scenario")), check::vocabulary());
  ASSERT_TRUE(scenario) << scenario::to_string(scenario.error());
  const auto parts = row.at("why").get<std::vector<std::string>>();
  const auto by = row.at("by").get<std::vector<std::string>>();
  const auto answers = answers_of_why(*scenario, row.at("seeds"), row.at("mutation").get<std::string>(), by);
  ASSERT_FALSE(parts.empty());
  std::string said;
  for (const Answer& answer : answers) {
    said += answer.text + "\n";
    const auto is_said = [&](const std::string& part) { return answer.text.find(part) != std::string::npos; };
    if (std::all_of(parts.begin(), parts.end(), is_said)) return;
  }
  FAIL() << "not all of " << testing::PrintToString(parts) << " is said in\n" << said;
}

INSTANTIATE_TEST_SUITE_P(Table, WhyOfRows, testing::ValuesIn(rows_with("why")), test_name);

TEST(WhyOfRowsTable, SaysOfFourOutOfFiveFaultsWhatTheyDid) {
  const std::size_t all = rows_with("scenario").size();
  std::size_t said = 0;
  for (const nlohmann::json& row : rows_with("why")) {
    EXPECT_TRUE(row.contains("scenario")) << row;
    ++said;
  }
  EXPECT_GE(said * 5, all * 4) << said << " of " << all;
}

}  // namespace
}  // namespace sim
