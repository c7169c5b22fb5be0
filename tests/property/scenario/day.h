// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/scenario/values/scenario.h"

namespace sim::day {

/// One piece of ordinary work on a service of its own, in small numbers that shrink towards the least of it.
struct Work {
  int kind = 0;                 ///< see to_scenario
  std::uint64_t instances = 1;  ///< of the service
  std::uint64_t at = 0;         ///< s after the quiet start
};

inline constexpr int kWorks = 8;

/// A loss of the region's registry.
struct Loss {
  int kind = 0;             ///< see to_scenario
  std::uint64_t at = 0;     ///< s after the quiet start, or after the loss before
  std::uint64_t lasts = 1;  ///< s, of those that last
};

inline constexpr int kLosses = 6;

/// A generated day of two regions. Of the first one, `services` times `instances` applications stay all day.
struct Day {
  std::uint64_t services = 2;
  std::uint64_t instances = 3;
  std::vector<Work> work;
  std::vector<Loss> losses;        ///< none: an ordinary day
  bool new_ids = false;            ///< applications that were forgotten come back under new ids
  std::uint64_t within = 0;        ///< s over which they do, from their next heartbeat on
  bool restarts = false;           ///< before a loss: the syncer of the region does, and knows no ages of what it finds
  std::uint64_t lost_packets = 0;  ///< percent
  std::uint64_t seed = 1;
};

/// The day as a scenario. Without losses it demands that nothing is held and that removals show in time, with losses
/// that who stays all day is shown all day (but for the time in which the leases of a cut region end, where that wave
/// has to be recognised), and never twice. In the end both regions must show the same.
scenario::Scenario to_scenario(const Day& day);

}  // namespace sim::day
