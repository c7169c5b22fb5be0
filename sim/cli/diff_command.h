// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

/// Plays one seed as it is, and again with another program or other settings; prints where they part and how metrics
/// moved. 0 when nothing differs, 1 when something does, 2 when the arguments are wrong.
int diff_runs(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
