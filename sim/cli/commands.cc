// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/commands.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "sim/check/judge.h"
#include "sim/cli/effort_comparison.h"
#include "sim/cli/play.h"
#include "sim/cli/workers.h"
#include "sim/explore/chaos.h"
#include "sim/explore/shrink.h"
#include "sim/scenario/language/writer.h"
#include "sim/show/page.h"
#include "sim/why/explanation.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

using scenario::Scenario;

std::size_t processors() {
  const long online = ::sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? static_cast<std::size_t>(online) : 1;
}

std::size_t failed(const Harvest& harvest) {
  const auto& all = harvest.results;
  const auto is_bad = [](const scenario::RunResult& r) { return r.verdict != scenario::Verdict::Ok; };
  const auto bad = std::count_if(all.begin(), all.end(), is_bad);
  return static_cast<std::size_t>(bad) + harvest.crashes.size();
}

/// Up to three seeds again: the first, the last and the one between.
void run_twice(const Scenario& scenario, report::Suite& suite) {
  const std::size_t count = suite.results.size();
  const std::set<std::size_t> chosen = {0, count / 2, count - 1};
  for (const std::size_t index : chosen) {
    const scenario::RunResult& run = suite.results[index];
    ++suite.run_twice;
    if (const auto difference = compare(scenario, run)) suite.nondeterminism.push_back({run.seed, *difference});
  }
}

report::Suite play_all(const Scenario& scenario, const Arguments& arguments) {
  const std::vector<std::uint64_t> seeds = seeds_of(scenario, arguments.seeds);
  report::Suite suite;
  suite.file = scenario.file;
  suite.name = scenario.name;
  Progress progress(scenario.name, seeds.size());
  const std::size_t jobs = arguments.jobs == 0 ? processors() : static_cast<std::size_t>(arguments.jobs);
  Harvest harvest = play_in_workers(
      seeds, jobs, [&](std::uint64_t seed) { return play(scenario, seed); },
      [&](const Harvest& h) { progress.show(h.results.size() + h.crashes.size(), failed(h)); });
  suite.wall = progress.elapsed();
  suite.results = std::move(harvest.results);
  suite.crashes = std::move(harvest.crashes);
  if (arguments.check_determinism && suite.crashes.empty()) run_twice(scenario, suite);
  return suite;
}

/// One seed in this process, with every event written down.
report::Suite play_traced(const Scenario& scenario, const Arguments& arguments, std::ostream& trace_out) {
  report::Suite suite;
  suite.file = scenario.file;
  suite.name = scenario.name;
  const scenario::Names names(scenario.topology);
  Trace trace(trace_out, names);
  scenario::RunOptions options;
  options.probe = &trace;
  const Progress progress(scenario.name, 1);
  suite.results.push_back(play(scenario, arguments.seeds->first, options));
  suite.wall = progress.elapsed();
  return suite;
}

/// The scenario's file as it stands on the disk; empty when it is gone meanwhile.
std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// One seed in this process, as a page for a browser.
report::Suite play_shown(const Scenario& scenario, const Arguments& arguments, std::ostream& page) {
  const std::uint64_t seed = arguments.seeds->first;
  const Scenario drawn = explore::materialize(scenario, seed);
  report::Suite suite;
  suite.file = scenario.file;
  suite.name = scenario.name;
  show::Film film(check::make_judge(drawn));
  const Progress progress(scenario.name, 1);
  suite.results.push_back(scenario::run(drawn, seed, film));
  suite.wall = progress.elapsed();
  page << show::page(drawn, text_of(scenario.file), suite.results.front(), film);
  return suite;
}

std::optional<report::Suite> play_as_asked(const Scenario& scenario, const Arguments& arguments, std::ostream& out,
                                           std::ostream& err) {
  if (!arguments.html.empty()) {
    std::ofstream page(arguments.html);
    if (page) {
      report::Suite suite = play_shown(scenario, arguments, page);
      if (page.flush()) return suite;
    }
    err << "syncsim: " << arguments.html << " cannot be written\n";
    return std::nullopt;
  }
  if (arguments.trace.empty()) return play_all(scenario, arguments);
  if (arguments.trace == "-") return play_traced(scenario, arguments, out);
  std::ofstream file(arguments.trace);
  if (!file) {
    err << "syncsim: " << arguments.trace << " cannot be written\n";
    return std::nullopt;
  }
  return play_traced(scenario, arguments, file);
}

/// The one file of a command; problems go to `err`.
std::optional<scenario::Scenario> load_one(const Arguments& arguments, std::ostream& err) {
  scenario::Parsed parsed = scenario::load(arguments.files.front(), vocabulary());
  if (parsed) return std::move(*parsed);
  err << scenario::to_string(parsed.error());
  return std::nullopt;
}

}  // namespace

int run_scenarios(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  std::vector<Scenario> scenarios;
  bool legal = true;
  for (const std::string& file : arguments.files) {
    scenario::Parsed parsed = scenario::load(file, vocabulary());
    legal = legal && parsed.has_value();
    if (!parsed) {
      err << scenario::to_string(parsed.error());
    } else {
      scenarios.push_back(std::move(*parsed));
    }
  }
  EffortComparison efforts;
  if (!efforts.load(arguments, err) || !legal) return kUsage;
  // The worst code of all scenarios; "undecided" is the mildest failure though its number is larger than "violated".
  const auto weight = [](int code) { return code == 1 ? 4 : code == 4 ? 5 : code; };
  int worst = 0;
  for (const Scenario& scenario : scenarios) {
    const auto suite = play_as_asked(scenario, arguments, out, err);
    if (!suite) return kUsage;
    out << (arguments.json ? report::to_json_line(*suite) : report::to_text(*suite)) << std::flush;
    if (!efforts.add(*suite, err)) return kUsage;
    const int code = report::exit_code(*suite);
    if (weight(code) > weight(worst)) worst = code;
    if (code != 0 && !arguments.keep_going) break;
  }
  const int effort = efforts.finish(arguments.json, out, err);
  return worst != 0 ? worst : effort;
}

int why_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_one(arguments, err);
  if (!scenario) return kUsage;
  const std::uint64_t seed = seeds_of(*scenario, arguments.seeds).front();
  const Scenario drawn = explore::materialize(*scenario, seed);
  why::Recorder recorder(check::make_judge(drawn));
  const scenario::RunResult result = scenario::run(drawn, seed, recorder);
  const why::Question question{arguments.violation, arguments.instance, arguments.event};
  const auto answer = why::explain(drawn, result, recorder, question);
  if (!answer) {
    err << "syncsim: " << to_string(answer.error()) << "\n";
    return kUsage;
  }
  out << (arguments.json ? why::to_json_line(*answer) : why::to_text(*answer));
  return 0;
}

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
