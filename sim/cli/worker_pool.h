// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/scenario/values/result.h"

namespace sim::cli {

/// Runs that are to be played, by their places 0 to count - 1, and who is told of them. All but `play` is called in the
/// process that asks.
struct Runs {
  std::size_t count = 0;
  std::function<scenario::RunResult(std::size_t place)> play;  ///< in a worker; may throw, and may end its process
  std::function<void(std::size_t place)> begun;
  std::function<void(std::size_t place, scenario::RunResult&& result)> done;
  std::function<void(std::size_t place, const std::string& how)> crashed;
};

/// Plays runs in forked processes, so that a crash costs one run and the rest goes on. They are begun in order, each by
/// whoever has time for it.
class WorkerPool {
 public:
  WorkerPool(const Runs& runs, std::size_t jobs);
  /// Ends those that are at work.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Tells of what came of them, after 100 ms at the latest. False when each run is done or crashed.
  bool turn();

 private:
  /// A process, and the run it is at.
  struct Worker {
    pid_t pid = -1;
    int in = -1;
    std::size_t place = 0;
    bool busy = false;
    std::string text;
    std::string died_of;  ///< in its own words; empty when it could not say
  };

  void start();
  bool read_from(Worker& worker);
  void take(Worker& worker, const std::string& line);
  void finish(std::size_t index);
  void crash(std::size_t place, const std::string& how);
  [[noreturn]] void work(int out) const;

  const Runs& runs_;
  std::atomic<std::uint64_t>* next_;  ///< the next run that nobody has begun; in memory that all processes share
  std::vector<bool> told_;            ///< of these runs
  std::vector<Worker> workers_;
};

}  // namespace sim::cli
