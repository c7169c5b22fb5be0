// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/run.h"

#include "sim/scenario/run/player.h"

namespace sim::scenario {

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "ok";
    case Verdict::Violated:
      return "violated";
    case Verdict::Undecided:
      return "undecided";
  }
  return "?";
}

RunResult run(const Scenario& scenario, std::uint64_t seed, Checks& checks, const RunOptions& options) {
  return Player(scenario, seed, checks, options).play();
}

}  // namespace sim::scenario
