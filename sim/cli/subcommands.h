// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "sim/cli/arguments.h"

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

constexpr int kUsageError = 2;

/// What help says before and after the list of commands.
struct HelpTexts {
  const char* about;
  const char* examples;
};
struct Streams {
  std::ostream& out;
  std::ostream& err;
};

/// Reads the command line of any command of syncsim into `raw`. The exit code of one that ends here: help (printed to
/// `out`) or a mistake (to `err`).
std::optional<int> read_command_line(const HelpTexts& help, int argc, const char* const* argv, const Streams& streams,
                                     Raw& raw);

}  // namespace sim::cli
