// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "mocksc/http/server.h"

namespace mocksc {

/// Exit code when there is nothing to run: help was shown (0) or the usage is wrong (2).
using ExitCode = int;

/// Reads the command line; prints help, version and complaints itself.
std::variant<ServerOptions, ExitCode> read_command_line(int argc, char** argv);

}  // namespace mocksc
