// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/cli/commands.h"

namespace syncer::cli {

/// The whole program: parses, runs one command, gives the exit code.
int run(int argc, const char* const* argv, Console console);

}  // namespace syncer::cli
