// SPDX-License-Identifier: Apache-2.0
#include "sim/check/metrics.h"

#include <algorithm>
#include <numeric>

#include "sim/host/world.h"
#include "sim/scenario/values/topology.h"

namespace sim::check {
namespace {

constexpr std::string_view kEffort = "effort.";

const std::vector<std::string>& effort_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const std::string_view detour : Effort::names()) all.push_back(std::string(kEffort) + std::string(detour));
    return all;
  }();
  return names;
}

std::vector<std::int64_t> durations(const Ledger& ledger, Origin::Step step) {
  std::vector<std::int64_t> values;
  for (const Timing& timing : ledger.timings()) {
    if (timing.step == step) values.push_back(timing.took.count());
  }
  std::sort(values.begin(), values.end());
  return values;
}

std::optional<Origin::Step> step_of(std::string_view metric) {
  if (metric == "convergence.visible_after") return Origin::Step::Registered;
  if (metric == "convergence.changed_after") return Origin::Step::Changed;
  if (metric == "convergence.gone_after") return Origin::Step::Removed;
  return std::nullopt;
}

/// "the worst is base/svc-1/3 of sc-e: 31.4s until sc-w showed it, from 40s on"; nothing for other metrics.
std::optional<std::string> worst_instance(const scenario::CheckContext& run, const Ledger& ledger,
                                          std::string_view metric) {
  const auto step = step_of(metric);
  const Timing* worst = nullptr;
  for (const Timing& timing : ledger.timings()) {
    if (step && timing.step == *step && (worst == nullptr || timing.took > worst->took)) worst = &timing;
  }
  if (worst == nullptr) return std::nullopt;
  const std::string& home = run.names.registries()[worst->origin.registry];
  return "the worst is " + scenario::instance_name(worst->origin.instance) + " of " + home + ": " +
         syncer::to_string(worst->took) + " until " + run.names.registries()[worst->target] +
         (*step == Origin::Step::Removed ? " showed it no longer" : " showed it so") + ", from " +
         syncer::to_string(worst->from.time_since_epoch()) + " on";
}

std::int64_t mean(const std::vector<std::int64_t>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), std::int64_t{0}) / static_cast<std::int64_t>(values.size());
}

/// Divides a total by what it is asked per; a run of no time or nodes counts as one.
std::int64_t per(std::int64_t value, scenario::Per unit, const scenario::CheckContext& run) {
  const auto nodes = static_cast<std::int64_t>(std::max<std::size_t>(run.names.nodes().size(), 1));
  const std::int64_t seconds = std::max<std::int64_t>(syncer::nanos(run.world.now()) / 1'000'000'000, 1);
  switch (unit) {
    case scenario::Per::Run:
      return value;
    case scenario::Per::Node:
      return value / nodes;
    case scenario::Per::NodeSecond:
      return value / nodes / seconds;
  }
  return value;
}

struct Asked {
  const char* name;
  const std::optional<scenario::Bound>& bound;
  std::int64_t value;
};

}  // namespace

std::int64_t quantile(const std::vector<std::int64_t>& sorted, unsigned percent) {
  if (sorted.empty()) return 0;
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

Metrics::Metrics(const scenario::Scenario& scenario) {
  for (const scenario::Expectation& expectation : scenario.expect) {
    const auto* metric = std::get_if<scenario::Metric>(&expectation.form);
    if (metric != nullptr && metric->metric.rfind("net.", 0) == 0) wants_messages_ = true;
  }
}

std::vector<std::string_view> Metrics::names() {
  std::vector<std::string_view> all = {
      "convergence.visible_after", "convergence.changed_after", "convergence.gone_after", "net.bytes_sent",
      "net.messages_sent",         "net.messages_lost",         "registry.writes",        "registry.requests",
      "registry.copies",           "swim.false_dead",           "gossip.dropped"};
  all.insert(all.end(), effort_names().begin(), effort_names().end());
  return all;
}

void Metrics::on_message(const host::Message& message) {
  if (message.fate == host::MessageFate::Sent) {
    ++sent_;
    bytes_sent_ += message.bytes.size();
  } else if (message.fate != host::MessageFate::Delivered) {
    ++lost_;
  }
}

std::vector<std::int64_t> Metrics::values(std::string_view metric, const Sources& sources) const {
  const auto& [ledger, watch, effort] = sources;
  if (const auto step = step_of(metric)) return durations(ledger, *step);
  const auto one = [](std::uint64_t value) { return std::vector{static_cast<std::int64_t>(value)}; };
  if (metric == "net.bytes_sent") return one(bytes_sent_);
  if (metric == "net.messages_sent") return one(sent_);
  if (metric == "net.messages_lost") return one(lost_);
  if (metric == "registry.writes") return one(writes_);
  if (metric == "registry.requests") return one(requests_);
  if (metric == "registry.copies") return one(ledger.copies().size());
  if (metric.starts_with(kEffort)) return one(effort.count(metric.substr(kEffort.size())));
  if (metric == "gossip.dropped") return one(watch.dropped());
  return one(watch.false_deaths());
}

void Metrics::finish(const scenario::CheckContext& run, const Sources& sources, Sink& sink,
                     scenario::Findings& findings) const {
  for (const scenario::Expectation& expectation : run.scenario.expect) {
    const auto* metric = std::get_if<scenario::Metric>(&expectation.form);
    if (metric == nullptr) continue;
    std::vector<std::int64_t> all = values(metric->metric, sources);
    for (std::int64_t& value : all) value = per(value, metric->per, run);
    const auto count = metric->metric.rfind("convergence.", 0) == 0 ? static_cast<std::int64_t>(all.size()) : mean(all);
    const Asked asked[] = {{"p50", metric->p50, quantile(all, 50)},
                           {"p99", metric->p99, quantile(all, 99)},
                           {"max", metric->max, quantile(all, 100)},
                           {"mean", metric->mean, mean(all)},
                           {"count", metric->count, count}};
    for (const Asked& a : asked) {
      if (!a.bound) continue;
      findings.metrics.push_back({metric->metric + "." + a.name, a.value});
      if (scenario::holds(*a.bound, a.value)) continue;
      scenario::Bound seen = *a.bound;
      seen.compare = scenario::Compare::Equal;
      seen.value = a.value;
      std::vector<std::string> facts = {metric->metric + " " + a.name + " is " + scenario::to_string(seen) + " of " +
                                        std::to_string(all.size()) + " values, demanded is " +
                                        scenario::to_string(*a.bound)};
      if (auto worst = worst_instance(run, sources.ledger, metric->metric)) facts.push_back(std::move(*worst));
      sink.violated(expectation.id, std::move(facts), &expectation.place);
    }
  }
}

}  // namespace sim::check
