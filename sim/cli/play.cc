// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/play.h"

#include <ostream>
#include <tuple>

#include "sim/check/judge.h"
#include "sim/engine/digest.h"
#include "sim/explore/chaos.h"
#include "syncer/base/hash.h"
#include "syncer/base/quantity.h"
#include "syncer/cli/version.h"

namespace sim::cli {
namespace {

scenario::RunResult play_with(const scenario::Scenario& scenario, std::uint64_t seed,
                              const scenario::RunOptions& options, check::JudgeOptions judging) {
  if (scenario.chaos.empty()) {
    const auto judge = check::make_judge(scenario, judging);
    return scenario::run(scenario, seed, *judge, options);
  }
  const scenario::Scenario drawn = explore::materialize(scenario, seed);
  const auto judge = check::make_judge(drawn, judging);
  return scenario::run(drawn, seed, *judge, options);
}

}  // namespace

scenario::Vocabulary vocabulary() { return check::vocabulary(); }

std::optional<scenario::Scenario> load_file(const std::string& file, std::ostream& err) {
  scenario::Parsed parsed = scenario::load(file, vocabulary());
  if (parsed) return std::move(*parsed);
  err << scenario::to_string(parsed.error());
  return std::nullopt;
}

scenario::RunResult play(const scenario::Scenario& scenario, std::uint64_t seed, const scenario::RunOptions& options) {
  return play_with(scenario, seed, options, {});
}

scenario::RunResult play_counted(const scenario::Scenario& scenario, std::uint64_t seed, scenario::RunOptions options) {
  engine::Coverage coverage;
  options.coverage = &coverage;
  return play(scenario, seed, options);
}

std::optional<std::string> compare(const scenario::Scenario& scenario, const scenario::RunResult& run) {
  const auto repeat = [&](check::JudgeOptions judging) {
    return [&scenario, seed = run.seed, judging](engine::Window window) {
      engine::Digest digest;
      scenario::RunOptions options;
      options.record = &digest;
      options.capture = window;
      play_with(scenario, seed, options, judging);
      return digest;
    };
  };
  const auto unwatched = repeat({false, false});
  const engine::Digest again = unwatched({});
  if (again.value() == run.digest && again.events() == run.events) return std::nullopt;
  const auto difference = engine::compare_runs(repeat({true, true}), unwatched);
  if (difference) return to_string(*difference);
  return "the run in the worker process had " + std::to_string(run.events) + " events, its repetition here " +
         std::to_string(again.events()) + ", and two more that were equal to each other";
}

std::vector<std::uint64_t> seeds_of(const scenario::Scenario& scenario,
                                    const std::optional<std::pair<std::uint64_t, std::uint64_t>>& asked) {
  if (!asked && scenario.seed.list.size() > 1) return scenario.seed.list;
  std::uint64_t first = scenario.seed.list.front();
  if (scenario.seed.from_commit) first = syncer::hash64(syncer::cli::kCommit) % 1'000'000'000;
  std::uint64_t last = first + scenario.runs - 1;
  if (asked) std::tie(first, last) = *asked;
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = first;; ++seed) {  // `last` may be the largest number there is
    seeds.push_back(seed);
    if (seed == last) break;
  }
  return seeds;
}

}  // namespace sim::cli
