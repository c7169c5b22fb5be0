// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/cli/arguments.h"
#include "syncer/cli/commands.h"

namespace syncer::cli {

/// `syncer debug bundle`: a folder that its owner alone can read, with a file for each document of the daemon and one
/// with its events. A document that cannot be had is named in the file "missing.txt". Gives the exit code.
int make_bundle(const Arguments& arguments, Console console);

}  // namespace syncer::cli
