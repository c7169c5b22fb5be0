// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/explore/chaos.h"

namespace sim::explore {
namespace {

using scenario::Moment;
using scenario::Scenario;

std::optional<Duration> resolve(const Scenario& scenario, const Moment& moment, int depth);

std::optional<Duration> label_time(const Scenario& scenario, const std::string& label, int depth) {
  if (label == "end") return scenario.duration;
  if (label == "settle" && scenario.settle) return scenario.duration - scenario.settle->within - scenario.settle->quiet;
  for (const scenario::Event& event : scenario.events) {
    if (event.id != label) continue;
    if (event.anchor.at) return resolve(scenario, *event.anchor.at, depth);
    if (event.anchor.after && !event.anchor.when) return resolve(scenario, *event.anchor.after, depth);
    return std::nullopt;
  }
  for (const scenario::Workload& workload : scenario.workloads) {
    if (workload.id != label) continue;
    return std::visit(
        [&](const auto& kind) -> std::optional<Duration> {
          if constexpr (requires { kind.at; })
            return resolve(scenario, kind.at, depth);
          else
            return resolve(scenario, kind.from, depth);
        },
        workload.kind);
  }
  return std::nullopt;
}

std::optional<Duration> resolve(const Scenario& scenario, const Moment& moment, int depth) {
  if (moment.absolute()) return moment.offset;
  if (depth == 0) return std::nullopt;
  const auto base = label_time(scenario, moment.label, depth - 1);
  return base ? std::optional(*base + moment.offset) : std::nullopt;
}

}  // namespace

std::optional<Duration> static_time(const Scenario& scenario, const Moment& moment) {
  return resolve(scenario, moment, static_cast<int>(scenario.events.size()) + 2);
}

}  // namespace sim::explore
