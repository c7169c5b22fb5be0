// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/measures.h"

namespace sim::sweep {

/// Time until a registration shows (a bar from p50 to p99) against bytes, and against requests: two panels of one SVG
/// picture, a bar an outcome, those of the best joined by a line.
std::string pareto_picture(const std::string& title, const std::vector<Outcome>& all);

}  // namespace sim::sweep
