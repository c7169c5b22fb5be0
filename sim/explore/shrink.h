// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"

namespace sim::explore {

/// Plays a scenario and gives back what was found; made by the caller, who knows how to run and judge.
using Play = std::function<scenario::RunResult(const scenario::Scenario&, std::uint64_t seed)>;
/// Whether to go on trying (a time budget lives here, not in the shrinker). Told the number of runs so far.
using GoOn = std::function<bool(std::uint64_t runs)>;

/// What shrinking came to.
struct Shrunk {
  scenario::Scenario scenario;  ///< explicit, still shows the violation
  std::uint64_t runs = 0;
  std::uint64_t removed = 0;  ///< pieces that turned out not to matter
};

/// Makes a failing run smaller under the rule "same violation": leaves out events, workloads, expectations, links and
/// nodes, and shortens, as long as a violation of the same id is found, and none that the whole scenario does not show.
/// Starts stay: where nothing runs, everything fails. The result parses and runs like any scenario.
Shrunk shrink(const scenario::Scenario& scenario, std::uint64_t seed, const std::string& violation, const Play& play,
              const GoOn& go_on);

/// "3 nodes, 4 events, 1 workload".
std::string size_in_words(const scenario::Scenario& scenario);

}  // namespace sim::explore
