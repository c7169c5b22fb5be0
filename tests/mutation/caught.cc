// SPDX-License-Identifier: Apache-2.0
#include "tests/mutation/caught.h"

#include <fstream>
#include <iterator>
#include <regex>

#include "sim/check/judge.h"
#include "sim/explore/chaos.h"
#include "sim/scenario/run/run.h"
#include "sim/why/explanation.h"
#include "syncer/base/mutation.h"

namespace sim {
namespace {
/// A broken product may talk to itself for ever. No scenario has half as many.
constexpr std::uint64_t kEnough = 5'000'000;

scenario::RunResult run(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation,
                        scenario::Checks& checks) {
  syncer::mutation::active = mutation;
  scenario::RunOptions options;
  options.max_events = kEnough;
  auto result = scenario::run(scenario, seed, checks, options);
  syncer::mutation::active = {};
  return result;
}

}  // namespace

std::set<std::string> violations(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation) {
  const scenario::Scenario explicit_one = explore::materialize(scenario, seed);
  const auto judge = check::make_judge(explicit_one);
  const auto result = run(explicit_one, seed, mutation, *judge);
  std::set<std::string> ids;
  for (const auto& violation : result.findings.violations) ids.insert(violation.id);
  return ids;
}

std::vector<Answer> answers_of_why(const scenario::Scenario& scenario, std::uint64_t seeds, std::string_view mutation,
                                   const std::vector<std::string>& by) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const scenario::Scenario explicit_one = explore::materialize(scenario, seed);
    why::Recorder recorder(check::make_judge(explicit_one));
    const auto result = run(explicit_one, seed, mutation, recorder);
    std::vector<std::string> ids = by;
    if (by.empty() && !result.findings.violations.empty()) ids = {result.findings.violations.front().id};
    std::vector<Answer> answers;
    for (const std::string& id : ids) {
      const auto answer = why::explain(explicit_one, result, recorder, {id, "", ""});
      if (answer) answers.push_back({seed, id, why::first_line(*answer), why::to_text(*answer)});
    }
    if (!answers.empty()) return answers;
  }
  return {};
}

std::string text_of(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::set<std::string> mutations_in_source() {
  std::set<std::string> names;
  const std::regex point(R"rx(SYNCER_MUTATED\("([^"]+)"\))rx");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SYNCER_SOURCE_DIR "/syncer")) {
    if (!entry.is_regular_file() || entry.path().filename() == "mutation.h") continue;
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator it(text.begin(), text.end(), point), end; it != end; ++it) names.insert((*it)[1]);
  }
  return names;
}

}  // namespace sim
