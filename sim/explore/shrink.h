// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"

namespace sim::explore {

/// Plays a scenario and gives back what was found; made by the caller, who knows how to run and judge. To keep the way
/// to a failure it counts points (RunOptions::coverage) and ends a run when it is decided.
using Play = std::function<scenario::RunResult(const scenario::Scenario&, std::uint64_t seed)>;
/// Whether to go on trying (a time budget lives here, not in the shrinker). Told the number of runs so far.
using GoOn = std::function<bool(std::uint64_t runs)>;

/// What makes two failures the same one.
struct Cause {
  std::string violation;         ///< id
  std::string reason;            ///< its first fact, with "#" for each number
  std::set<std::string> points;  ///< of the program, passed last before it was seen
  bool operator==(const Cause&) const = default;
};

/// Of the violation of that id, or of the first one; nothing when there is none.
std::optional<Cause> cause_of(const scenario::RunResult& result, const std::string& violation = "");

/// What shrinking came to.
struct Shrunk {
  scenario::Scenario scenario;  ///< explicit, still shows the violation
  std::uint64_t runs = 0;
  std::uint64_t removed = 0;  ///< pieces that turned out not to matter
};

/// Makes a failing run smaller and keeps its cause: leaves out time after the failure, faults, workloads, expectations,
/// links, settings, regions and syncers, and makes numbers smaller and rounder, as long as the violation is found with
/// the same reason, the run passes the points of the cause, and nothing is violated that the whole scenario does not
/// violate. Starts stay: where nothing runs, everything fails. The result parses and runs like any scenario.
Shrunk shrink(const scenario::Scenario& scenario, std::uint64_t seed, const Cause& cause, const Play& play,
              const GoOn& go_on);

/// "3 nodes, 4 events, 1 workload".
std::string size_in_words(const scenario::Scenario& scenario);

}  // namespace sim::explore
