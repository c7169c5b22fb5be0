// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/measures.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace sim::sweep {
namespace {

using report::brief;
using scenario::Metric;

constexpr scenario::Bound kAnyTime{scenario::Compare::GreaterEqual, 0, scenario::Unit::Nanoseconds};
constexpr scenario::Bound kAnyNumber{scenario::Compare::GreaterEqual, 0, scenario::Unit::Count};
constexpr scenario::Bound kAnySize{scenario::Compare::GreaterEqual, 0, scenario::Unit::Bytes};

Metric quantiles(const std::string& metric) {
  Metric all;
  all.metric = metric;
  all.p50 = all.p99 = all.max = kAnyTime;
  return all;
}

Metric mean(const std::string& metric, scenario::Per per, const scenario::Bound& bound) {
  Metric one;
  one.metric = metric;
  one.per = per;
  one.mean = bound;
  return one;
}

/// The values of all seeds of one measurement, sorted. A scenario may ask for it itself: each run counts once.
std::vector<std::int64_t> values_of(const report::Suite& suite, const std::string& metric) {
  std::vector<std::int64_t> values;
  for (const scenario::RunResult& run : suite.results) {
    const auto& all = run.findings.metrics;
    const auto found = std::find_if(all.rbegin(), all.rend(), [&](const auto& m) { return m.metric == metric; });
    if (found != all.rend()) values.push_back(found->value);
  }
  std::sort(values.begin(), values.end());
  return values;
}

std::int64_t middle(const std::vector<std::int64_t>& sorted) {
  return sorted.empty() ? 0 : sorted[(sorted.size() - 1) / 2];
}
std::int64_t largest(const std::vector<std::int64_t>& sorted) { return sorted.empty() ? 0 : sorted.back(); }

std::uint64_t average(const std::vector<std::int64_t>& values) {
  std::int64_t sum = 0;
  for (const std::int64_t value : values) sum += value;
  return values.empty() ? 0 : static_cast<std::uint64_t>(sum / static_cast<std::int64_t>(values.size()));
}

bool beats(const Outcome& a, const Outcome& b) {
  const bool as_good = a.visible_p99 <= b.visible_p99 && a.bytes <= b.bytes && a.requests <= b.requests;
  return as_good && (a.visible_p99 < b.visible_p99 || a.bytes < b.bytes || a.requests < b.requests);
}

std::vector<std::string> cells_of(const Outcome& o) {
  std::string verdict = o.failed == 0 ? "ok" : std::to_string(o.failed) + " failed:";
  for (const std::string& id : o.violated) verdict += " " + id;
  return {(o.is_best ? "* " : "  ") + o.text,
          brief(o.visible_p50),
          brief(o.visible_p99),
          brief(o.visible_max),
          brief(o.gone_p99),
          std::to_string(o.bytes),
          std::to_string(o.requests),
          verdict};
}

}  // namespace

scenario::Scenario with_measures(const scenario::Scenario& scenario) {
  scenario::Scenario measured = scenario;
  const auto add = [&](const char* id, Metric metric) {
    scenario::Expectation expectation;
    expectation.id = std::string("measure.") + id;
    expectation.form = std::move(metric);
    measured.expect.push_back(std::move(expectation));
  };
  add("visible", quantiles("convergence.visible_after"));
  add("changed", quantiles("convergence.changed_after"));
  add("gone", quantiles("convergence.gone_after"));
  add("bytes", mean("net.bytes_sent", scenario::Per::NodeSecond, kAnySize));
  add("requests", mean("registry.requests", scenario::Per::Run, kAnyNumber));
  return measured;
}

Outcome outcome_of(std::string text, std::vector<std::string> values, const report::Suite& suite) {
  Outcome o{std::move(text),
            std::move(values),
            suite.results.size() + suite.crashes.size(),
            suite.crashes.size(),
            {},
            {},
            {},
            {},
            {},
            0,
            0,
            false};
  std::set<std::string> ids;
  for (const scenario::RunResult& run : suite.results) {
    o.failed += run.verdict == scenario::Verdict::Ok ? 0 : 1;
    for (const scenario::Violation& v : run.findings.violations) ids.insert(v.id);
  }
  o.violated.assign(ids.begin(), ids.end());
  const auto time = [](std::int64_t ns) { return Duration(ns); };
  o.visible_p50 = time(middle(values_of(suite, "convergence.visible_after.p50")));
  o.visible_p99 = time(largest(values_of(suite, "convergence.visible_after.p99")));
  o.visible_max = time(largest(values_of(suite, "convergence.visible_after.max")));
  o.gone_p99 = time(largest(values_of(suite, "convergence.gone_after.p99")));
  o.bytes = average(values_of(suite, "net.bytes_sent.mean"));
  o.requests = average(values_of(suite, "registry.requests.mean"));
  return o;
}

void mark_best(std::vector<Outcome>& all) {
  for (Outcome& one : all) {
    one.is_best = one.failed == 0 && std::none_of(all.begin(), all.end(), [&](const Outcome& other) {
                    return other.failed == 0 && beats(other, one);
                  });
  }
}

std::string to_text(const std::vector<Outcome>& all) {
  std::vector<std::vector<std::string>> rows = {
      {"  settings", "visible p50", "p99", "max", "gone p99", "bytes/node/s", "requests", "verdict"}};
  for (const Outcome& one : all) rows.push_back(cells_of(one));
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) text += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    text += row.back() + "\n";
  }
  return text + "* no other is better in one of p99, bytes and requests without being worse in another\n";
}

std::string to_json(const std::vector<Outcome>& all) {
  using nlohmann::ordered_json;
  ordered_json rows = ordered_json::array();
  for (const Outcome& o : all) {
    rows.push_back({{"settings", o.text},
                    {"values", o.values},
                    {"seeds", o.seeds},
                    {"failed", o.failed},
                    {"violated", o.violated},
                    {"visible_p50_ns", o.visible_p50.count()},
                    {"visible_p99_ns", o.visible_p99.count()},
                    {"visible_max_ns", o.visible_max.count()},
                    {"gone_p99_ns", o.gone_p99.count()},
                    {"bytes_per_node_second", o.bytes},
                    {"requests", o.requests},
                    {"best", o.is_best}});
  }
  return rows.dump(2) + "\n";
}

}  // namespace sim::sweep
