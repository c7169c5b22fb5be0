// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/diff_command.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "sim/cli/play.h"
#include "sim/cli/program.h"
#include "sim/report/trace.h"
#include "sim/report/trace_difference.h"
#include "sim/scenario/language/writer.h"
#include "sim/sweep/measures.h"
#include "sim/sweep/variants.h"

namespace sim::cli {
namespace {

using nlohmann::json;
using syncer::ErrorCode;
using syncer::failure;
using syncer::Result;

constexpr int kUsage = 2;
constexpr std::size_t kContext = 5;

/// A run with all that was seen of it.
struct Watched {
  scenario::RunResult result;
  std::vector<std::string> lines;
};

Watched watch(const scenario::Scenario& scenario, std::uint64_t seed) {
  Watched run;
  const scenario::Names names(scenario.topology);
  report::Trace trace(names, [&](report::TraceLine&& line) { run.lines.push_back(to_string(line)); });
  scenario::RunOptions options;
  options.probe = &trace;
  run.result = play(scenario, seed, options);
  return run;
}

/// The run of another program: what its --json and --trace say.
Result<Watched> watch_by(const std::string& program, const scenario::Scenario& scenario, std::uint64_t seed) {
  const ScratchFolder folder;
  if (folder.path().empty()) return failure(ErrorCode::Io, "temporary folder", "cannot be made");
  const std::string file = folder.path() + "/" + scenario.name + ".json";
  const std::string trace = folder.path() + "/trace";
  std::ofstream(file) << scenario::to_json(scenario);
  const auto ended = run_program({program, "run", file, "--seed", std::to_string(seed), "--json", "--trace", trace});
  if (!ended) return tl::unexpected(ended.error());
  const json summary = json::parse(ended->output, nullptr, false);
  if (!summary.is_object() || !summary.contains("runs") || summary.at("runs").empty()) {
    return failure(ErrorCode::Invalid, program, "played nothing (exit code " + std::to_string(ended->exit_code) + ")");
  }
  auto result = report::from_line(summary.at("runs").front().dump());
  if (!result) return tl::unexpected(result.error());
  Watched run{std::move(*result), {}};
  std::ifstream in(trace);
  for (std::string line; std::getline(in, line);) run.lines.push_back(line);
  return run;
}

/// Settings from a file {"all": {"sync.interval": "5s"}}, or from a text KEY=VALUE.
Result<std::vector<scenario::ConfigBlock>> settings_of(const std::string& with) {
  if (with.find('=') != std::string::npos) {
    const auto axis = sweep::parse_axis(with);
    if (!axis) return tl::unexpected(axis.error());
    if (axis->to.size() != 1) return failure(ErrorCode::Invalid, with, "names more than one value");
    return std::vector<scenario::ConfigBlock>{{{}, axis->who, {{{axis->set, axis->to.front()}}}}};
  }
  std::ifstream file(with);
  const json blocks = json::parse(file, nullptr, false, true);
  if (!blocks.is_object()) return failure(ErrorCode::Invalid, with, "is no program and no JSON file with settings");
  std::vector<scenario::ConfigBlock> all;
  for (const auto& [who, settings] : blocks.items()) {
    if (!settings.is_object()) return failure(ErrorCode::Invalid, with + ": " + who, "wants settings, an object");
    scenario::ConfigBlock block{{}, {who}, {}};
    for (const auto& [key, value] : settings.items()) {
      block.settings.pairs.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
    }
    all.push_back(std::move(block));
  }
  return all;
}

bool is_program(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

/// The other run. What is wrong goes to `err`.
std::optional<Watched> other_run(const Arguments& arguments, const scenario::Scenario& measured, std::uint64_t seed,
                                 std::ostream& err) {
  if (is_program(arguments.with)) {
    auto run = watch_by(arguments.with, measured, seed);
    if (run) return std::move(*run);
    err << "syncsim: " << to_string(run.error()) << "\n";
    return std::nullopt;
  }
  auto settings = settings_of(arguments.with);
  if (!settings) {
    err << "syncsim: --with " << to_string(settings.error()) << "\n";
    return std::nullopt;
  }
  const auto changed = sweep::with_settings(measured, std::move(*settings), vocabulary());
  if (changed) return watch(*changed, seed);
  err << scenario::to_string(changed.error());
  return std::nullopt;
}

std::map<std::string, report::Moved> quantities(const scenario::RunResult& run, bool first,
                                                std::map<std::string, report::Moved> all) {
  const auto put = [&](const std::string& what, std::int64_t value, bool is_time) {
    report::Moved& one = all[what];
    one.what = what;
    one.is_time = is_time;
    (first ? one.first : one.second) += value;
  };
  for (const scenario::Measurement& m : run.findings.metrics) {
    report::Moved& one = all[m.metric];
    (first ? one.first : one.second) = 0;  // the scenario may ask for it, too
    put(m.metric, m.value, m.metric.starts_with("convergence.") && !m.metric.ends_with(".count"));
  }
  for (const scenario::Cost& c : run.findings.effort)
    put("effort." + c.detour, static_cast<std::int64_t>(c.count), false);
  put("events", static_cast<std::int64_t>(run.events), false);
  return all;
}

std::string verdict_of(const scenario::RunResult& run) {
  std::string text(name(run.verdict));
  for (const scenario::Violation& v : run.findings.violations) text += " " + v.id;
  return text;
}

std::string as_json(const Watched& a, const Watched& b, const std::optional<report::TraceDifference>& parted,
                    const std::vector<report::Moved>& moved) {
  json all = {{"verdicts", {verdict_of(a.result), verdict_of(b.result)}}, {"moved", json::array()}};
  if (parted) {
    all["difference"] = {
        {"common", parted->common}, {"before", parted->before}, {"first", parted->first}, {"second", parted->second}};
  }
  for (const report::Moved& m : moved)
    all["moved"].push_back({{"what", m.what}, {"first", m.first}, {"second", m.second}});
  return all.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace

int diff_runs(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  const auto scenario = load_file(arguments.files.front(), err);
  if (!scenario) return kUsage;
  const std::uint64_t seed = seeds_of(*scenario, arguments.seeds).front();
  scenario::Scenario measured = sweep::with_measures(*scenario);
  measured.matrix.clear();
  const auto other = other_run(arguments, measured, seed, err);
  if (!other) return kUsage;
  const Watched own = watch(measured, seed);
  const auto parted = report::difference(own.lines, other->lines, kContext);
  std::vector<report::Moved> moved;
  for (const auto& [what, m] : quantities(other->result, false, quantities(own.result, true, {}))) {
    if (m.first != m.second) moved.push_back(m);
  }
  const bool same_verdict = verdict_of(own.result) == verdict_of(other->result);
  if (arguments.json) {
    out << as_json(own, *other, parted, moved);
  } else {
    out << (parted ? to_text(*parted) : "all " + std::to_string(own.lines.size()) + " events are equal\n");
    if (!same_verdict) out << "verdict " << verdict_of(own.result) << " -> " << verdict_of(other->result) << "\n";
    if (!moved.empty()) out << "what moved:\n" << report::to_text(moved);
  }
  return !parted && moved.empty() && same_verdict ? 0 : 1;
}

}  // namespace sim::cli
