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
}  // namespace

std::set<std::string> violations(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation) {
  const scenario::Scenario explicit_one = explore::materialize(scenario, seed);
  const auto judge = check::make_judge(explicit_one);
  syncer::mutation::active = mutation;
  scenario::RunOptions options;
  options.max_events = kEnough;
  const auto result = scenario::run(explicit_one, seed, *judge, options);
  syncer::mutation::active = {};
  std::set<std::string> ids;
  for (const auto& violation : result.findings.violations) ids.insert(violation.id);
  return ids;
}

std::string first_line_of_why(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation,
                              const std::string& violation) {
  const scenario::Scenario explicit_one = explore::materialize(scenario, seed);
  why::Recorder recorder(check::make_judge(explicit_one));
  syncer::mutation::active = mutation;
  scenario::RunOptions options;
  options.max_events = kEnough;
  const auto result = scenario::run(explicit_one, seed, recorder, options);
  syncer::mutation::active = {};
  const auto answer = why::explain(explicit_one, result, recorder, {violation, "", ""});
  return answer ? why::first_line(*answer) : to_string(answer.error());
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
