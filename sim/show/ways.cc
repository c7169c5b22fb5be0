// SPDX-License-Identifier: Apache-2.0
#include "sim/show/ways.h"

#include <algorithm>

namespace sim::show {

std::vector<why::Journey> slowest_ways(const why::Recorder& run, std::size_t most) {
  std::vector<why::Journey> ways;
  for (const auto& [name, origin] : run.ledger().origins()) {
    for (why::RegistryIndex target = 0; origin.known && target < origin.sights.size(); ++target) {
      const check::Sight& sight = origin.sights[target];
      if (!sight.differs || target == name.registry) continue;
      ways.push_back({name, target, origin.step, sight.since, run.end(), false});
    }
  }
  for (const check::Timing& timing : run.ledger().timings()) {
    ways.push_back({timing.origin, timing.target, timing.step, timing.from, timing.from + timing.took, true});
  }
  const auto is_worse = [](const why::Journey& a, const why::Journey& b) {
    if (a.arrived != b.arrived) return !a.arrived;
    return a.to - a.from > b.to - b.from;
  };
  std::stable_sort(ways.begin(), ways.end(), is_worse);
  if (ways.size() > most) ways.erase(ways.begin() + static_cast<std::ptrdiff_t>(most), ways.end());
  return ways;
}

}  // namespace sim::show
