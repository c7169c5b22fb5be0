// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/why/journey.h"

namespace sim::show {

/// The ways of instances to other registries: first those that never arrived, then the slowest; at most so many.
std::vector<why::Journey> slowest_ways(const why::Recorder& run, std::size_t most);

}  // namespace sim::show
