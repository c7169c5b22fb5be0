// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

/// Plays every combination of settings with all seeds, and prints what each costs and brings. 0 when every run passed,
/// 1 when one did not, 2 when the arguments are wrong.
int sweep_settings(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
