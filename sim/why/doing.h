// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/scenario/run/names.h"
#include "sim/scenario/values/expect.h"
#include "sim/scenario/values/result.h"
#include "sim/why/recorder.h"

namespace sim::why {

/// What was done, or left undone, about what an expectation speaks of, and by whom; empty when nothing is known.
std::string doing_about(const scenario::Names& names, const Recorder& run, const scenario::Expectation& expectation,
                        Instant at);

/// The efforts that a metric counts, by node and cause, the largest first; empty for other metrics.
std::vector<std::string> efforts_of(const std::vector<scenario::Cost>& costs, const std::string& metric);

}  // namespace sim::why
