// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "tests/study/pool.h"

namespace study {

/// Some members that are unwell in a cycle, all at the same time.
struct Distress {
  std::size_t members = 0;
  std::size_t unwell = 0;
  Illness illness = Illness::Blocked;
  Duration ill{};    ///< so long each time
  Duration well{};   ///< between two times
  Duration total{};  ///< of the whole test
};

/// What it cost.
struct Harm {
  std::uint64_t false_positives = 0;          ///< "dead" said about a member that was well, at any observer
  std::uint64_t false_positives_healthy = 0;  ///< the same at observers that were well
  std::uint64_t true_positives = 0;           ///< "dead" said about an unwell member
  std::uint64_t refutations = 0;              ///< suspicions that were cleared
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;

  Harm& operator+=(const Harm& o);
};

Harm suffer(const Distress& distress, const Options& options, std::uint64_t seed);

/// After the sweep of the Lifeguard paper (section 6 there): 128 members, 1 to 32 of them unwell for 2 to 32 s at a
/// time with 256 ms between; 120 s each. `thin` is one combination of them.
std::vector<Distress> paper_sweep(bool thin);
/// The options of the paper: suspicion multiplier 5, longest suspicion 6 times the shortest; Lifeguard on or off.
Options paper_options(bool lifeguard);

}  // namespace study
