// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sim/report/summary.h"
#include "sim/scenario/values/result.h"

namespace sim::cli {

/// What became of many seeds.
struct Harvest {
  std::vector<scenario::RunResult> results;  ///< in order of seeds
  std::vector<report::Crash> crashes;
};

/// Plays seeds in `jobs` forked processes, so that a crash costs one seed and the rest goes on. `told` is called in
/// this process about every 100 ms and after each seed.
Harvest play_in_workers(const std::vector<std::uint64_t>& seeds, std::size_t jobs,
                        const std::function<scenario::RunResult(std::uint64_t seed)>& play,
                        const std::function<void(const Harvest& so_far)>& told);

}  // namespace sim::cli
