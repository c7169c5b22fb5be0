// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "syncer/base/time.h"

namespace sim::cli {

enum class Command { Run, Why, Check, Explain, Materialize, Shrink, Schema, Version };

/// A parsed command line of syncsim.
struct Arguments {
  Command command = Command::Version;
  std::vector<std::string> files;
  /// First and last seed; the scenario's own when absent.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> seeds;
  std::uint64_t jobs = 0;  ///< worker processes; 0 for one a processor
  bool json = false;
  bool check_determinism = false;
  bool keep_going = false;
  std::string trace;                                   ///< file, "-" for the standard output, empty for none
  std::string html;                                    ///< file for a page about one seed; empty for none
  std::string baseline;                                ///< file to compare the effort with; empty for none
  std::string write_baseline;                          ///< file that receives the effort; empty for none
  std::string violation;                               ///< why: of this id; empty for the first
  std::string instance;                                ///< why: of this instance's way
  std::string event;                                   ///< why: what followed this event
  syncer::Duration budget = std::chrono::seconds(60);  ///< of shrink, in real time
};

/// The arguments, or the exit code of a command line that ends here: help (printed to `out`) or a mistake (to `err`).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
