// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/report/trace.h"
#include "syncer/base/time.h"

namespace sim::cli {

enum class Command {
  Run,
  Real,
  Judge,
  Why,
  Debug,
  Diff,
  Sweep,
  Hunt,
  Check,
  Explain,
  Materialize,
  Shrink,
  Schema,
  Version
};

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
  std::string trace;                                    ///< file, "-" for the standard output, empty for none
  report::TraceFilter lines;                            ///< which lines of the trace
  std::string commands;                                 ///< debug: file with commands; empty for the standard input
  std::string html;                                     ///< file for a page about one seed; empty for none
  std::string baseline;                                 ///< file to compare the effort with; empty for none
  std::string write_baseline;                           ///< file that receives the effort; empty for none
  std::string coverage;                                 ///< file that receives what was reached; empty for none
  std::string never_reached;                            ///< list of the points that nothing reaches; empty for none
  std::string out;                                      ///< shrink: file to write; empty for the standard output
  syncer::Duration time = std::chrono::hours(1);        ///< hunt: how long, in real time
  std::uint64_t cases = 0;                              ///< hunt: at most so many; 0 for no limit
  std::uint64_t stop_at = 0;                            ///< hunt: end after so many new causes; 0 for no limit
  bool shrinks = true;                                  ///< hunt: makes what fails small
  std::pair<std::uint64_t, std::uint64_t> shard{0, 1};  ///< hunt: this part, from 0, of so many
  std::string with;                                     ///< diff: another syncsim, or other settings
  std::vector<std::string> set;                         ///< sweep: a setting with its values, each
  std::string svg;                                      ///< sweep: file for a picture; empty for none
  std::string violation;                                ///< why: of this id; empty for the first
  std::string instance;                                 ///< why: of this instance's way
  std::string event;                                    ///< why: what followed this event
  std::string syncer;                                   ///< real: the program; empty for the one beside this
  std::string logs;                                     ///< real: folder that keeps logs and disks; empty for none
  syncer::Duration budget = std::chrono::seconds(60);   ///< of shrink, in real time
};

/// The arguments, or the exit code of a command line that ends here: help (printed to `out`) or a mistake (to `err`).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
