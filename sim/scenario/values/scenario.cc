// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/values/scenario.h"

#include <tuple>

namespace sim::scenario {
namespace {

auto value_of(const Scenario& s) {
  return std::tie(s.name, s.about, s.tags, s.seed, s.runs, s.duration, s.ties, s.topology, s.config, s.workloads,
                  s.events, s.chaos, s.settle, s.expect, s.relax);
}

}  // namespace

bool Scenario::operator==(const Scenario& other) const { return value_of(*this) == value_of(other); }

}  // namespace sim::scenario
