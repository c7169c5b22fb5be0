// SPDX-License-Identifier: Apache-2.0
#include "sim/report/result_text.h"

#include <nlohmann/json.hpp>

namespace sim::report {
namespace {

using nlohmann::json;
using scenario::Duration;

json to_value(const scenario::Violation& v) {
  return {{"id", v.id},
          {"file", v.place.file},
          {"line", v.place.line},
          {"column", v.place.column},
          {"at_ns", syncer::nanos(v.at)},
          {"event", v.event},
          {"facts", v.facts}};
}

scenario::Violation violation_from(const json& v) {
  return {v.at("id"),
          {v.at("file"), v.at("line"), v.at("column")},
          syncer::instant(v.at("at_ns")),
          v.at("event"),
          v.at("facts")};
}

json to_value(const scenario::Timing& t) {
  json took = json::array();
  for (const Duration d : t.took) took.push_back(d.count());
  return {{"expectation", t.expectation}, {"within_ns", t.within.count()}, {"took_ns", std::move(took)}};
}

scenario::Timing timing_from(const json& t) {
  scenario::Timing timing{t.at("expectation"), Duration(t.at("within_ns").get<std::int64_t>()), {}};
  for (const json& took : t.at("took_ns")) timing.took.emplace_back(took.get<std::int64_t>());
  return timing;
}

}  // namespace

std::string to_line(const scenario::RunResult& r) {
  json violations = json::array();
  json timings = json::array();
  json metrics = json::array();
  for (const auto& v : r.findings.violations) violations.push_back(to_value(v));
  for (const auto& t : r.findings.timings) timings.push_back(to_value(t));
  for (const auto& m : r.findings.metrics) metrics.push_back({{"metric", m.metric}, {"value", m.value}});
  const json all = {{"seed", r.seed},
                    {"verdict", name(r.verdict)},
                    {"violations", std::move(violations)},
                    {"undecided", r.findings.undecided},
                    {"timings", std::move(timings)},
                    {"metrics", std::move(metrics)},
                    {"digest", r.digest},
                    {"events", r.events},
                    {"simulated_ns", r.simulated.count()}};
  return all.dump(-1, ' ', false, json::error_handler_t::replace);
}

syncer::Result<scenario::RunResult> from_line(const std::string& line) {
  try {
    const json all = json::parse(line);
    scenario::RunResult r;
    r.seed = all.at("seed");
    for (const json& v : all.at("violations")) r.findings.violations.push_back(violation_from(v));
    for (const json& t : all.at("timings")) r.findings.timings.push_back(timing_from(t));
    for (const json& m : all.at("metrics")) r.findings.metrics.push_back({m.at("metric"), m.at("value")});
    r.findings.undecided = all.at("undecided");
    r.digest = all.at("digest");
    r.events = all.at("events");
    r.simulated = Duration(all.at("simulated_ns").get<std::int64_t>());
    for (const auto verdict : {scenario::Verdict::Ok, scenario::Verdict::Violated, scenario::Verdict::Undecided}) {
      if (all.at("verdict") == name(verdict)) r.verdict = verdict;
    }
    return r;
  } catch (const json::exception& e) {
    return syncer::failure(syncer::ErrorCode::Corrupt, "result", e.what());
  }
}

}  // namespace sim::report
