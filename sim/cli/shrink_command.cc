// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/shrink_command.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "sim/check/judge.h"
#include "sim/cli/play.h"
#include "sim/explore/chaos.h"
#include "sim/scenario/language/writer.h"
#include "sim/why/explanation.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

std::string explain(const scenario::Scenario& scenario, std::uint64_t seed, const std::string& violation) {
  const scenario::Scenario drawn = explore::materialize(scenario, seed);
  why::Recorder recorder(check::make_judge(drawn));
  engine::Coverage coverage;
  recorder.watch_points(coverage);
  scenario::RunOptions options;
  options.coverage = &coverage;
  const scenario::RunResult result = scenario::run(drawn, seed, recorder, options);
  const auto answer = why::explain(drawn, result, recorder, {violation, "", ""});
  return answer ? why::to_text(*answer) : "";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::optional<SmallFailure> shrink_failure(const scenario::Scenario& scenario, std::uint64_t seed,
                                           const std::string& violation, syncer::Duration budget,
                                           std::uint64_t max_events) {
  const explore::Play play_short = [max_events](const scenario::Scenario& s, std::uint64_t n) {
    scenario::RunOptions options;
    options.stop_when_decided = true;
    options.max_events = max_events;
    return play_counted(s, n, options);
  };
  const auto cause = explore::cause_of(play_short(scenario, seed), violation);
  if (!cause) return std::nullopt;
  const auto end = std::chrono::steady_clock::now() + budget;
  const auto go_on = [&](std::uint64_t) { return std::chrono::steady_clock::now() < end; };
  SmallFailure small{*cause, explore::shrink(scenario, seed, *cause, play_short, go_on), ""};
  small.why = explain(small.shrunk.scenario, seed, cause->violation);
  return small;
}

std::string as_regression(const SmallFailure& small, const std::string& name, const std::string& found_by) {
  scenario::Scenario named = small.shrunk.scenario;
  named.name = name;
  named.about = first_line(small.why);
  named.about += (named.about.empty() ? "Violated " + small.cause.violation : std::string()) + " (" + found_by + ")";
  named.tags = {"regression"};
  return scenario::to_json(named);
}

int shrink_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  const std::uint64_t seed = arguments.seeds->first;
  auto small = shrink_failure(*scenario, seed, arguments.violation, arguments.budget);
  if (!small && arguments.violation.empty()) {
    // What only the end of a run shows, such as a bound of a metric, does not end it early.
    const scenario::RunResult whole = play(*scenario, seed);
    if (!whole.findings.violations.empty())
      small = shrink_failure(*scenario, seed, whole.findings.violations.front().id, arguments.budget);
  }
  if (!small) {
    err << "syncsim: seed " << seed << " violates "
        << (arguments.violation.empty() ? "nothing" : "no " + arguments.violation) << ", there is nothing to shrink\n";
    return 1;
  }
  const std::string found_by = "shrunk from " + scenario->name + ", seed " + std::to_string(seed);
  if (arguments.out.empty()) {
    out << as_regression(*small, scenario->name, found_by);
  } else {
    std::ofstream file(arguments.out);
    file << as_regression(*small, std::filesystem::path(arguments.out).stem().string(), found_by);
    if (!file.flush()) {
      err << "syncsim: " << arguments.out << " cannot be written\n";
      return kUsage;
    }
  }
  err << "violates " << small->cause.violation << " with " << explore::size_in_words(small->shrunk.scenario) << " ("
      << small->shrunk.runs << " runs, " << small->shrunk.removed << " pieces removed)\n"
      << small->why;
  return 0;
}

}  // namespace sim::cli
