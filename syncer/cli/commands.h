// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "syncer/cli/arguments.h"

namespace syncer::cli {

/// Where a command writes.
struct Console {
  std::ostream& out;
  std::ostream& err;
};

/// The whole program: parses, runs one command, gives the exit code.
int run(int argc, const char* const* argv, Console console);

}  // namespace syncer::cli
