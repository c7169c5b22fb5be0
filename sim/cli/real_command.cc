// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/real_command.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "sim/check/judge.h"
#include "sim/cli/play.h"
#include "sim/cli/program.h"
#include "sim/explore/chaos.h"
#include "sim/real/deployment.h"
#include "sim/real/limits.h"
#include "sim/real/namespaces/network_namespace.h"
#include "sim/report/summary.h"
#include "sim/report/trace.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;
constexpr int kImpossible = 7;
constexpr std::uint64_t kSimulated = 10;
constexpr int kSkipped = 77;  // as Automake and CTest have it

using report::Suite;
using scenario::Scenario;

/// The syncer beside this program, unless another one is named.
std::string syncer_program(const Arguments& arguments) {
  if (!arguments.syncer.empty()) return arguments.syncer;
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  return failed ? "syncer" : (self.parent_path() / "syncer").string();
}

Suite suite_of(const Scenario& scenario, scenario::RunResult result) {
  Suite suite;
  suite.file = scenario.file;
  suite.name = scenario.name;
  suite.results.push_back(std::move(result));
  return suite;
}

/// One real run, and the simulated ones that it is compared with.
struct Pair {
  Suite real;
  Suite simulated;
  syncer::Duration late{};
};

/// That seed and some more: what a syncer draws for itself is not the seed's in reality, so that a single run would be
/// compared with a single draw.
Suite simulate(const Scenario& file, std::uint64_t seed) {
  Suite suite;
  suite.file = file.file;
  suite.name = file.name;
  for (std::uint64_t i = 0; i < kSimulated; ++i) suite.results.push_back(play(file, seed + i, {}));
  return suite;
}

scenario::Verdict verdict_of(const Suite& suite) {
  const auto has = [&](scenario::Verdict verdict) {
    return std::any_of(suite.results.begin(), suite.results.end(),
                       [&](const scenario::RunResult& result) { return result.verdict == verdict; });
  };
  if (has(scenario::Verdict::Violated)) return scenario::Verdict::Violated;
  return has(scenario::Verdict::Undecided) ? scenario::Verdict::Undecided : scenario::Verdict::Ok;
}

nlohmann::ordered_json times_of(const Suite& suite) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const report::Quantiles& q : report::quantiles(suite)) {
    all[q.expectation] = {{"p50", q.p50.count()}, {"p99", q.p99.count()}, {"count", q.count}};
  }
  return all;
}

std::string json_line(const Pair& pair) {
  const auto one = [](const Suite& suite) {
    nlohmann::ordered_json entry = nlohmann::ordered_json::object();
    entry["verdict"] = scenario::name(verdict_of(suite));
    for (const auto& violation : suite.results.front().findings.violations) entry["violated"].push_back(violation.id);
    entry["times_ns"] = times_of(suite);
    return entry;
  };
  nlohmann::ordered_json line;
  line["name"] = pair.real.name;
  line["file"] = pair.real.file;
  line["seed"] = pair.real.results.front().seed;
  line["real"] = one(pair.real);
  line["simulated"] = one(pair.simulated);
  line["late_ns"] = pair.late.count();
  return line.dump() + "\n";
}

std::string text_of(const Pair& pair) {
  const auto verdict = [](const Suite& suite) { return std::string(scenario::name(verdict_of(suite))); };
  std::string text = pair.real.name + "  seed " + std::to_string(pair.real.results.front().seed) + "  real " +
                     verdict(pair.real) + ", simulated " + verdict(pair.simulated) + "  (this machine was " +
                     report::brief(pair.late) + " late at most)\n";
  const auto simulated = report::quantiles(pair.simulated);
  for (const report::Quantiles& q : report::quantiles(pair.real)) {
    text += "  " + q.expectation + "  real p50 " + report::brief(q.p50) + " p99 " + report::brief(q.p99);
    for (const report::Quantiles& s : simulated) {
      if (s.expectation != q.expectation) continue;
      text += "  simulated p50 " + report::brief(s.p50) + " p99 " + report::brief(s.p99);
    }
    text += "\n";
  }
  for (const auto& violation : pair.real.results.front().findings.violations) {
    text += "  violated " + violation.id + "  " + to_string(violation.place) + "  at " +
            syncer::to_string(violation.at.time_since_epoch()) + "\n";
    for (const std::string& fact : violation.facts) text += "    " + fact + "\n";
  }
  for (const std::string& why : pair.real.results.front().findings.undecided) text += "  undecided: " + why + "\n";
  return text;
}

/// A folder that was asked for stays, another one goes.
class RunFolder {
 public:
  explicit RunFolder(const std::string& kept) : path_(kept.empty() ? scratch_.path() : kept) {
    std::error_code ignored;  // what is not there shows when something is written
    if (!kept.empty()) std::filesystem::create_directories(kept, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  ScratchFolder scratch_;
  std::string path_;
};

scenario::RunResult play_really(const Scenario& drawn, std::uint64_t seed, const Arguments& arguments,
                                host::Probe* probe, syncer::Duration& late) {
  const RunFolder folder(arguments.logs);
  const auto judge = check::make_judge(drawn);
  real::Deployment deployment(drawn, syncer_program(arguments), folder.path());
  scenario::RunOptions options;
  options.outside = &deployment;
  options.probe = probe;
  scenario::RunResult result = scenario::run(drawn, seed, *judge, options);
  late = deployment.latest();
  return result;
}

int play_file(const Scenario& file, const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const std::uint64_t seed = seeds_of(file, arguments.seeds).front();
  const Scenario drawn = explore::materialize(file, seed);
  const auto limits = real::impossible(drawn);
  for (const std::string& limit : limits) err << "cannot be done with processes: " << limit << "\n";
  if (!limits.empty()) {
    err << file.name << ": not played\n";
    return kImpossible;
  }
  for (const std::string& note : real::differences(drawn)) err << "done otherwise: " << note << "\n";
  const scenario::Names names(drawn.topology);
  std::ofstream trace_file;
  if (!arguments.trace.empty() && arguments.trace != "-") trace_file.open(arguments.trace);
  if (!trace_file) {
    err << "syncsim: " << arguments.trace << " cannot be written\n";
    return kUsage;
  }
  std::ostream& trace_out = arguments.trace == "-" ? out : trace_file;
  report::Trace trace(names, [&](report::TraceLine&& line) { trace_out << to_string(line) << "\n"; });
  Pair pair;
  pair.real =
      suite_of(drawn, play_really(drawn, seed, arguments, arguments.trace.empty() ? nullptr : &trace, pair.late));
  pair.simulated = simulate(file, seed);
  out << (arguments.json ? json_line(pair) : text_of(pair)) << std::flush;
  return report::exit_code(pair.real);
}

}  // namespace

int real_run(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  std::vector<Scenario> scenarios;
  for (const std::string& file : arguments.files) {
    auto scenario = load_file(file, err);
    if (!scenario) return kUsage;
    scenarios.push_back(std::move(*scenario));
  }
  if (auto ready = real::prepare_namespaces(); !ready) {
    err << "skipped: real processes need network namespaces and /dev/net/tun: " << to_string(ready.error()) << "\n";
    return kSkipped;
  }
  int worst = 0;
  for (const Scenario& scenario : scenarios) {
    const int code = play_file(scenario, arguments, out, err);
    if (worst == 0 || worst == kImpossible) worst = code == 0 ? worst : code;
  }
  return worst;
}

}  // namespace sim::cli
