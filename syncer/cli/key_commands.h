// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/cli/arguments.h"
#include "syncer/cli/commands.h"

namespace syncer::cli {

/// Makes a key for a gossip pool, and prints it or writes a new keyring file; gives the exit code. Asks no daemon.
int generate_key(const Arguments& arguments, Console console);

}  // namespace syncer::cli
