// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/values/scenario.h"
#include "syncer/base/time.h"

namespace sim::explore {

/// Counts what is broken at the same time. Faults are taken in the order of their beginning.
class Budget {
 public:
  /// Books one more of `what` during [from, until); false when `most` are broken already at `from`.
  bool take(const std::string& what, std::uint64_t most, syncer::Duration from, syncer::Duration until) {
    std::vector<syncer::Duration>& ends = ends_[what];
    std::uint64_t broken = 0;
    for (const syncer::Duration end : ends) broken += end > from ? 1 : 0;
    if (broken >= most) return false;
    ends.push_back(until);
    return true;
  }

 private:
  std::map<std::string, std::vector<syncer::Duration>> ends_;
};

using syncer::Duration;

/// The faults that one chaos block comes to under a seed: explicit events with absolute times, in order, each with its
/// own end. Each draw is keyed by (seed, block, number of the event), so that leaving one event out moves no other.
/// At no instant is more broken than the block's budget allows.
std::vector<scenario::Event> draw_chaos(const scenario::Scenario& scenario, const scenario::Chaos& chaos,
                                        std::uint64_t seed);

/// The same scenario for exactly one seed: every chaos block replaced by what it comes to.
scenario::Scenario materialize(const scenario::Scenario& scenario, std::uint64_t seed);

/// When a moment comes, as far as the file alone tells: absolute times and chains of "at" and "after". Nothing for what
/// hangs on a `when` or an `every`.
std::optional<Duration> static_time(const scenario::Scenario& scenario, const scenario::Moment& moment);

}  // namespace sim::explore
