// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

/// Plays scenarios with real processes on real sockets, and then once more simulated, and shows both verdicts. 7 when a
/// scenario needs what only a simulation can do, 77 where this machine lets nobody make network namespaces.
int real_run(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
