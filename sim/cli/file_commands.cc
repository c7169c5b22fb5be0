// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <iostream>

#include "sim/cli/commands.h"
#include "sim/cli/play.h"
#include "sim/explore/chaos.h"
#include "sim/explore/shrink.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

/// The one file of a command; problems are told.
std::optional<scenario::Scenario> load_one(const Arguments& arguments, std::ostream& err) {
  scenario::Parsed parsed = scenario::load(arguments.files.front(), vocabulary());
  if (parsed) return std::move(*parsed);
  err << scenario::to_string(parsed.error());
  return std::nullopt;
}

}  // namespace

int check_files(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  int code = 0;
  for (const std::string& file : arguments.files) {
    const scenario::Parsed parsed = scenario::load(file, vocabulary());
    if (parsed) {
      out << file << ": ok, " << explore::size_in_words(*parsed) << "\n";
    } else {
      err << scenario::to_string(parsed.error());
      code = kUsage;
    }
  }
  return code;
}

int explain_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_one(arguments, err);
  if (!scenario) return kUsage;
  out << scenario::explain(*scenario);
  return 0;
}

int materialize_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_one(arguments, err);
  if (!scenario) return kUsage;
  out << scenario::to_json(explore::materialize(*scenario, seeds_of(*scenario, arguments.seeds).front()));
  return 0;
}

int shrink_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_one(arguments, err);
  if (!scenario) return kUsage;
  const std::uint64_t seed = arguments.seeds->first;
  const scenario::RunResult first = play(*scenario, seed);
  if (first.findings.violations.empty()) {
    err << "syncsim: seed " << seed << " violates nothing, there is nothing to shrink\n";
    return 1;
  }
  const std::string& violation = first.findings.violations.front().id;
  const auto end = std::chrono::steady_clock::now() + arguments.budget;
  const auto play_short = [](const scenario::Scenario& s, std::uint64_t n) {
    scenario::RunOptions options;
    options.stop_when_decided = true;
    return play(s, n, options);
  };
  const auto go_on = [&](std::uint64_t) { return std::chrono::steady_clock::now() < end; };
  const explore::Shrunk shrunk = explore::shrink(*scenario, seed, violation, play_short, go_on);
  out << scenario::to_json(shrunk.scenario);
  err << "violates " << violation << " with " << explore::size_in_words(shrunk.scenario) << " (" << shrunk.runs
      << " runs, " << shrunk.removed << " pieces removed)\n";
  return 0;
}

}  // namespace sim::cli
