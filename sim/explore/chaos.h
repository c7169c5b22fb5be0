// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/scenario/values/scenario.h"

namespace sim::explore {

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
