// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/reference/command.h"

namespace syncer::reference {

/// What completes the program's command lines in "bash", "zsh" or "fish": commands, options, and values where all are
/// known or files are meant. A script in that shell's language; empty for another shell.
std::string completion(const Command& program, const std::string& shell);

}  // namespace syncer::reference
