// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/cli/arguments.h"
#include "sim/report/summary.h"
#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"

namespace sim::cli {

/// What became of many seeds.
struct Harvest {
  std::vector<scenario::RunResult> results;  ///< in order of seeds
  std::vector<report::Crash> crashes;
};

/// Plays seeds in `jobs` processes (worker_pool.h). `on_progress` is called about every 100 ms and after each seed.
Harvest play_in_workers(const std::vector<std::uint64_t>& seeds, std::size_t jobs,
                        const std::function<scenario::RunResult(std::uint64_t seed)>& play,
                        const std::function<void(const Harvest& so_far)>& on_progress);

/// How many work at once unless the arguments say otherwise.
std::size_t processors();

/// Plays the seeds of a scenario in as many processes as the arguments say, showing how far it is; counts the points
/// when they ask for coverage.
report::Suite play_suite(const scenario::Scenario& scenario, const Arguments& arguments);

/// The same of many scenarios, all seeds of all of them side by side. Each suite is given in its turn, in the order of
/// the scenarios, until `take` says false.
void play_suites(const std::vector<scenario::Scenario>& scenarios, const Arguments& arguments,
                 const std::function<bool(report::Suite&& suite)>& take);

/// One status line on a terminal, redrawn; a line every 10 s otherwise. On the standard error, so that results stay
/// clean.
class Progress {
 public:
  Progress(std::string name, std::size_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::size_t done, std::size_t failed);
  /// Real time since the beginning.
  std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - begin_; }

 private:
  std::string name_;
  std::size_t total_;
  bool terminal_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point next_ = begin_;
};

}  // namespace sim::cli
