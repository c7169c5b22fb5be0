// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <optional>
#include <string>

#include "sim/cli/arguments.h"
#include "sim/explore/shrink.h"

namespace sim::cli {

/// A failure made small, with its story.
struct SmallFailure {
  explore::Cause cause;
  explore::Shrunk shrunk;
  std::string why;  ///< what `syncsim why` says of the small one, whole lines
};

/// Shrinks the violation of that id, or the first, of one seed; nothing when it is not violated. `max_events` bounds
/// each run; 0 for no limit.
std::optional<SmallFailure> shrink_failure(const scenario::Scenario& scenario, std::uint64_t seed,
                                           const std::string& violation, syncer::Duration budget,
                                           std::uint64_t max_events = 0);

/// The text of a scenario file under another name, with where it comes from and its story.
std::string as_regression(const SmallFailure& small, const std::string& name, const std::string& found_by);

/// Prints the small scenario, or writes it to the file of the arguments. 1 when nothing fails.
int shrink_file(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
