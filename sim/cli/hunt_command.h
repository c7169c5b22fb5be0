// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

/// Generates scenarios and plays them until its time is over, keeps what fails in the folder of the arguments. 0 when
/// nothing failed in this hunt, 1 when something did, 2 when the folder cannot be used.
int hunt_faults(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
