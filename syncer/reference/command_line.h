// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

#include "syncer/reference/command.h"

namespace CLI {
class App;
}

namespace syncer::reference {

/// Reads the tables that CLI11 makes its help from.
Command command_of(const CLI::App& app);

// What every program prints about itself. The texts leave the parser as --version does, as a success with a text.

/// --manual and --completion SHELL, for a program without commands.
void offer_flags(CLI::App& app, const std::string& version);
/// Manual pages besides the program's own, by name.
using Pages = std::map<std::string, std::function<std::string()>>;
/// `help [COMMAND…]`, `completion SHELL`, `manual [PAGE]`.
void offer_commands(CLI::App& app, const std::string& version, const Pages& pages = {});

}  // namespace syncer::reference
