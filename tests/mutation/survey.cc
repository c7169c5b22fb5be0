// SPDX-License-Identifier: Apache-2.0
// mutation_survey MUTATION SEEDS FILE…: what each scenario says about a deliberate fault, to choose a row of
// mutations.json from. One line a scenario: its name, the first seed that shows anything, the ids that it violates, and
// the first line of what `syncsim why` says.
#include <cstdlib>
#include <iostream>

#include "sim/check/judge.h"
#include "sim/scenario/language/parse.h"
#include "tests/mutation/caught.h"

namespace {

void survey(const std::string& mutation, std::uint64_t seeds, const sim::scenario::Scenario& scenario) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto ids = sim::violations(scenario, seed, mutation);
    if (ids.empty()) continue;
    std::cout << mutation << ' ' << scenario.name << " seed " << seed << ':';
    for (const std::string& id : ids) std::cout << ' ' << id;
    std::cout << "\n  " << sim::first_line_of_why(scenario, seed, mutation, "") << std::endl;
    return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: mutation_survey MUTATION SEEDS FILE...\n";
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
