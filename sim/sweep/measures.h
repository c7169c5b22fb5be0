// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/report/summary.h"
#include "sim/scenario/values/scenario.h"

namespace sim::sweep {

using scenario::Duration;

/// The scenario with a demand on each quantity that a comparison needs; all of them hold whatever happens, and none
/// changes what happens.
scenario::Scenario with_measures(const scenario::Scenario& scenario);

/// What one combination of settings came to, over its seeds.
struct Outcome {
  std::string text;  ///< which
  std::vector<std::string> values;
  std::uint64_t seeds = 0;
  std::uint64_t failed = 0;           ///< violated, undecided or crashed
  std::vector<std::string> violated;  ///< ids, each once
  Duration visible_p50{};             ///< until a registration shows: of the middle seed
  Duration visible_p99{};             ///< of the worst seed, as the rest
  Duration visible_max{};
  Duration gone_p99{};
  std::uint64_t bytes = 0;     ///< sent by one node in a second: mean of the seeds
  std::uint64_t requests = 0;  ///< to registries in a run: mean of the seeds
  bool is_best = false;  ///< none is at least as good in all of visible_p99, bytes and requests, and better in one
};

/// Of runs of a scenario with_measures.
Outcome outcome_of(std::string text, std::vector<std::string> values, const report::Suite& suite);
/// Sets is_best of each. What failed is never one of the best.
void mark_best(std::vector<Outcome>& all);

std::string to_text(const std::vector<Outcome>& all);
std::string to_json(const std::vector<Outcome>& all);

}  // namespace sim::sweep
