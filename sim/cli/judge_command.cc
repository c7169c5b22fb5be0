// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/judge_command.h"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "sim/check/judge.h"
#include "sim/real/trace/traced_world.h"
#include "sim/report/summary.h"
#include "sim/scenario/run/run.h"

namespace sim::cli {
namespace {

constexpr int kUsage = 2;

/// What is measured, and what people call it.
constexpr std::array<std::pair<const char*, const char*>, 2> kMeasured = {
    {{"convergence.visible_after", "shown by another region after"},
     {"convergence.gone_after", "gone from another region after"}}};

/// Bounds that always hold, so that the values are in the findings.
void measure(scenario::Scenario& scenario) {
  const scenario::Bound any{scenario::Compare::GreaterEqual, 0, scenario::Unit::Nanoseconds};
  for (const auto& [name, words] : kMeasured) {
    scenario::Metric metric;
    metric.metric = name;
    metric.p50 = metric.p99 = metric.max = any;
    metric.count = scenario::Bound{scenario::Compare::GreaterEqual, 0, scenario::Unit::Count};
    scenario.expect.push_back({{scenario.file, 0, 0}, name, metric, ""});
  }
}

using Values = std::map<std::string, std::int64_t>;

Values values_of(const scenario::RunResult& result) {
  Values values;
  for (const scenario::Measurement& one : result.findings.metrics) values[one.metric] = one.value;
  return values;
}

std::string to_text(const real::TracedDeployment& deployment, const scenario::RunResult& result) {
  const auto& topology = deployment.scenario.topology;
  std::size_t syncers = 0;
  for (const scenario::Region& region : topology.regions) syncers += region.syncers.size();
  std::string text = std::to_string(syncers) + (syncers == 1 ? " syncer" : " syncers") + " of " +
                     std::to_string(topology.regions.size()) +
                     (topology.regions.size() == 1 ? " region, " : " regions, ") +
                     report::brief(deployment.scenario.duration) + ", " + std::to_string(deployment.events) +
                     " events: " + std::string(scenario::name(result.verdict)) + "\n";
  Values values = values_of(result);
  for (const auto& [name, words] : kMeasured) {
    const std::string metric = name;
    if (values[metric + ".count"] == 0) continue;
    const auto time = [&](const char* which) { return report::brief(scenario::Duration(values[metric + which])); };
    text += std::string("  ") + words + "  p50 " + time(".p50") + "  p99 " + time(".p99") + "  max " + time(".max") +
            "  (" + std::to_string(values[metric + ".count"]) + " times)\n";
  }
  for (const scenario::Violation& violation : result.findings.violations) {
    text +=
        "  violated " + violation.id + "  " + report::brief(violation.at.time_since_epoch()) + " after the beginning\n";
    for (const std::string& fact : violation.facts) text += "    " + fact + "\n";
  }
  return text;
}

std::string to_json(const real::TracedDeployment& deployment, const scenario::RunResult& result) {
  nlohmann::ordered_json line;
  line["verdict"] = scenario::name(result.verdict);
  line["begin_wall_ns"] = deployment.begin;
  line["duration_ns"] = deployment.scenario.duration.count();
  line["events"] = deployment.events;
  line["values"] = values_of(result);
  line["violations"] = nlohmann::ordered_json::array();
  for (const scenario::Violation& violation : result.findings.violations) {
    line["violations"].push_back(
        {{"id", violation.id}, {"at_ns", syncer::nanos(violation.at)}, {"facts", violation.facts}});
  }
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

int judge_traces(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  auto deployment = real::survey(arguments.files);
  auto traces = real::MergedTraces::open(arguments.files);
  if (!deployment || !traces) {
    err << "syncsim: " << to_string(deployment ? traces.error() : deployment.error()) << "\n";
    return kUsage;
  }
  scenario::Scenario& scenario = deployment->scenario;
  scenario.relax = real::unobservable(check::vocabulary().invariants);
  measure(scenario);
  const auto judge = check::make_judge(scenario);
  real::TracedWorld world(scenario, deployment->begin, std::move(*traces));
  scenario::RunOptions options;
  options.outside = &world;
  const scenario::RunResult result = scenario::run(scenario, 1, *judge, options);
  if (!world.failure().empty()) {
    err << "syncsim: " << world.failure() << "\n";
    return kUsage;
  }
  out << (arguments.json ? to_json(*deployment, result) : to_text(*deployment, result));
  return result.verdict == scenario::Verdict::Ok ? 0 : 1;
}

}  // namespace sim::cli
