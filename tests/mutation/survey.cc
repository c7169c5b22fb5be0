// SPDX-License-Identifier: Apache-2.0
// mutation_survey MUTATION SEEDS FILE…: what each scenario says about a deliberate fault, to choose a row of
// mutations.json from. One line a scenario: its name, the first seed that shows anything, the ids that it violates, and
// the first line of what `syncsim why` says.
// mutation_survey --table [MUTATION…]: of the rows that name a scenario, of all or of these, what `syncsim why` says of
// what the row names, to write its column "why" from.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "tests/mutation/caught.h"
#include "tests/support/scenario_files.h"

namespace {

void survey(const std::string& mutation, std::uint64_t seeds, const sim::scenario::Scenario& scenario) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto ids = sim::violations(scenario, seed, mutation);
    if (ids.empty()) continue;
    std::cout << mutation << ' ' << scenario.name << " seed " << seed << ':';
    for (const std::string& id : ids) std::cout << ' ' << id;
    std::cout << std::endl;
    for (const auto& answer : sim::answers_of_why(scenario, seed, mutation, {})) {
      std::cout << "  " << answer.first_line << std::endl;
    }
    return;
  }
}

bool is_asked(int argc, char** argv, const std::string& mutation) {
  return argc == 2 || std::find(argv + 2, argv + argc, mutation) != argv + argc;
}

int survey_table(int argc, char** argv) {
  for (const auto& row : nlohmann::json::parse(sim::text_of(SYNCER_SOURCE_DIR "/tests/mutation/mutations.json"))) {
    const std::string mutation = row.at("mutation");
    if (!row.contains("scenario") || !is_asked(argc, argv, mutation)) continue;
    const std::string name = row.at("scenario");
    const auto scenario = sim::scenario::load(sim::scenario_file(name), sim::check::vocabulary());
    if (!scenario) return 2;
    const auto by = row.at("by").get<std::vector<std::string>>();
    for (const auto& answer : sim::answers_of_why(*scenario, row.at("seeds"), mutation, by)) {
      std::cout << "# " << mutation << ": " << row.at("about").get<std::string>() << "\n# " << name << " seed "
                << answer.seed << ": " << answer.violation << '\n'
                << answer.text << std::endl;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 2 && argv[1] == std::string("--table")) return survey_table(argc, argv);
  if (argc < 4) {
    std::cerr << "usage: mutation_survey MUTATION SEEDS FILE...\n       mutation_survey --table [MUTATION...]\n";
    return 2;
  }
  for (int i = 3; i < argc; ++i) {
    const auto scenario = sim::scenario::load(argv[i], sim::check::vocabulary());
    if (!scenario) {
      std::cerr << sim::scenario::to_string(scenario.error()) << '\n';
      return 2;
    }
    survey(argv[1], std::strtoull(argv[2], nullptr, 10), *scenario);
  }
  return 0;
}
