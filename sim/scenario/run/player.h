// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "sim/scenario/run/run.h"

namespace sim::host {
class World;
}

namespace sim::scenario {

/// One run of a scenario, whole or an event at a time; both give the same digest. What it is made of is borrowed.
class Player {
 public:
  /// The chaos of the scenario is already replaced by explicit events (explore::materialize).
  Player(const Scenario& scenario, std::uint64_t seed, Checks& checks, const RunOptions& options = {});
  ~Player();
  Player(const Player&) = delete;
  Player& operator=(const Player&) = delete;

  /// The next event of the world; false when the run is over.
  bool step();
  /// All that is left, as far as the options let it; then the findings. At most once.
  RunResult play();
  /// The findings of a run that step() brought to its end. At most once, instead of play().
  RunResult finish();
  const host::World& world() const;

 private:
  struct Run;
  std::unique_ptr<Run> run_;
};

}  // namespace sim::scenario
