// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/cli/arguments.h"

namespace CLI {
class App;
}

namespace sim::cli {

/// The texts as they stand on the command line; turned into Arguments when all of it is understood.
struct Raw {
  Arguments arguments;
  std::string seed;
  std::string seeds;
  std::string budget;
  std::string from;
  std::string until;
  std::string time;
  std::string shard;
};

/// Makes every command of syncsim known to the parser; what it reads goes to `raw`, which outlives it.
void add_subcommands(CLI::App& app, Raw& raw);

}  // namespace sim::cli
