// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/commands.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "sim/check/judge.h"
#include "sim/cli/coverage_report.h"
#include "sim/cli/effort_comparison.h"
#include "sim/cli/play.h"
#include "sim/cli/workers.h"
#include "sim/explore/chaos.h"
#include "sim/explore/shrink.h"
#include "sim/report/trace.h"
#include "sim/scenario/language/writer.h"
#include "sim/show/page.h"
#include "sim/sweep/variants.h"
#include "sim/why/explanation.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

using scenario::Scenario;

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

/// One seed in this process, with every event written down.
report::Suite play_traced(const Scenario& scenario, const Arguments& arguments, std::ostream& trace_out) {
  report::Suite suite;
  suite.file = scenario.file;
  suite.name = scenario.name;
  const scenario::Names names(scenario.topology);
  report::Trace trace(names, [&](report::TraceLine&& line) {
    if (arguments.lines.wants(line)) trace_out << to_string(line) << "\n";
  });
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

/// One seed of which a page or a trace is wanted.
std::optional<report::Suite> play_watched(const Scenario& scenario, const Arguments& arguments, std::ostream& out,
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
  if (arguments.trace == "-") return play_traced(scenario, arguments, out);
  std::ofstream file(arguments.trace);
  if (!file) {
    err << "syncsim: " << arguments.trace << " cannot be written\n";
    return std::nullopt;
  }
  return play_traced(scenario, arguments, file);
}

/// Of many seeds the one that is worth explaining: the first that failed, or whose latest instance is the p99 of all;
/// `which` says so. Of one seed that one.
std::optional<std::uint64_t> seed_to_explain(const Scenario& scenario, const Arguments& arguments, std::string& which,
                                             std::ostream& err) {
  const bool many = arguments.seeds && arguments.seeds->first != arguments.seeds->second;
  if (!many) return seeds_of(scenario, arguments.seeds).front();
  const report::Suite suite = play_suite(scenario, arguments);
  for (const scenario::RunResult& run : suite.results) {
    if (run.verdict == scenario::Verdict::Ok) continue;
    which = "seed " + std::to_string(run.seed) + ": ";
    return run.seed;
  }
  const auto all = report::quantiles(suite);
  const auto worst =
      std::max_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.p99 < b.p99; });
  if (worst == all.end()) {
    err << "syncsim: nothing failed, and nothing was timed\n";
    return std::nullopt;
  }
  which =
      worst->expectation + " p99 is " + report::brief(worst->p99) + ", seed " + std::to_string(worst->p99_seed) + ": ";
  return worst->p99_seed;
}

/// What came of many scenarios, as it is printed and counted.
class Tally {
 public:
  Tally(const Arguments& arguments, std::ostream& out, std::ostream& err)
      : arguments_(arguments), out_(out), err_(err), coverage_(arguments) {}
  bool load() { return efforts_.load(arguments_, err_) && coverage_.load(err_); }

  /// False when nothing further is to be played.
  bool add(const report::Suite& suite) {
    out_ << (arguments_.json ? report::to_json_line(suite) : report::to_text(suite)) << std::flush;
    if (!efforts_.add(suite, err_)) {
      unusable_ = true;
      return false;
    }
    coverage_.add(suite);
    const int code = report::exit_code(suite);
    if (weight(code) > weight(worst_)) worst_ = code;
    return code == 0 || arguments_.keep_going;
  }

  int finish() {
    if (unusable_) return kUsage;
    const int effort = efforts_.finish(arguments_.json, out_, err_);
    const int covered = coverage_.finish(out_, err_);
    if (worst_ != 0) return worst_;
    return effort != 0 ? effort : covered;
  }

 private:
  // The worst code of all scenarios; "undecided" is the mildest failure though its number is larger than "violated".
  static int weight(int code) { return code == 1 ? 4 : code == 4 ? 5 : code; }

  const Arguments& arguments_;
  std::ostream& out_;
  std::ostream& err_;
  EffortComparison efforts_;
  CoverageReport coverage_;
  int worst_ = 0;
  bool unusable_ = false;
};

/// All variants of all files; nothing when a file is not legal.
std::optional<std::vector<Scenario>> load_all(const std::vector<std::string>& files, std::ostream& err) {
  std::vector<Scenario> scenarios;
  bool legal = true;
  for (const std::string& file : files) {
    scenario::Parsed parsed = scenario::load(file, vocabulary());
    legal = legal && parsed.has_value();
    if (!parsed) {
      err << scenario::to_string(parsed.error());
    } else {
      // Its axes were judged with the file.
      auto variants = sweep::variants(*parsed, parsed->matrix, vocabulary());
      for (sweep::Variant& one : *variants) scenarios.push_back(std::move(one.scenario));
    }
  }
  return legal ? std::optional(std::move(scenarios)) : std::nullopt;
}

}  // namespace

int run_scenarios(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenarios = load_all(arguments.files, err);
  Tally tally(arguments, out, err);
  if (!tally.load() || !scenarios) return kUsage;
  if (!arguments.html.empty() || !arguments.trace.empty()) {
    for (const Scenario& scenario : *scenarios) {
      const auto suite = play_watched(scenario, arguments, out, err);
      if (!suite) return kUsage;
      if (!tally.add(*suite)) break;
    }
    return tally.finish();
  }
  auto scenario = scenarios->begin();
  play_suites(*scenarios, arguments, [&](report::Suite&& suite) {
    if (arguments.check_determinism && suite.crashes.empty()) run_twice(*scenario, suite);
    ++scenario;
    return tally.add(suite);
  });
  return tally.finish();
}

int why_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  std::string which;
  const auto seed = seed_to_explain(*scenario, arguments, which, err);
  if (!seed) return kUsage;
  const Scenario drawn = explore::materialize(*scenario, *seed);
  why::Recorder recorder(check::make_judge(drawn));
  engine::Coverage coverage;
  recorder.watch_points(coverage);
  scenario::RunOptions options;
  options.coverage = &coverage;
  const scenario::RunResult result = scenario::run(drawn, *seed, recorder, options);
  const why::Question question{arguments.violation, arguments.instance, arguments.event};
  auto answer = why::explain(drawn, result, recorder, question);
  if (!answer) {
    err << "syncsim: " << to_string(answer.error()) << "\n";
    return kUsage;
  }
  answer->headline = which + answer->headline;
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
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  out << scenario::explain(*scenario);
  return 0;
}

int materialize_file(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  out << scenario::to_json(explore::materialize(*scenario, seeds_of(*scenario, arguments.seeds).front()));
  return 0;
}

}  // namespace sim::cli
