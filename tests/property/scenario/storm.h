// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/scenario/values/scenario.h"

namespace sim::storm {

/// One random fault of a generated scenario, in small numbers that shrink towards the harmless.
struct Fault {
  int kind = 0;             ///< see to_scenario
  int target = 0;           ///< modulo the number of regions
  std::uint64_t at = 0;     ///< s after the quiet start
  std::uint64_t lasts = 1;  ///< s
};

inline constexpr int kKinds = 14;

/// A generated run: so many regions, so much churn, these faults.
struct Storm {
  int regions = 2;
  std::uint64_t population = 4;
  bool churn = false;
  std::vector<Fault> faults;
  std::uint64_t seed = 1;
};

/// The storm as a scenario: boot, 20 s of quiet, 60 s of faults, then a settle phase in which all must become equal.
scenario::Scenario to_scenario(const Storm& storm);

}  // namespace sim::storm
