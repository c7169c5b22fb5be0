// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sim/engine/digest.h"

namespace sim::engine {

/// Where two runs that should be equal part. An entry is missing when that run had ended before.
struct Difference {
  std::uint64_t event = 0;  ///< number of the first event that differs, from 0
  bool exact = false;       ///< false: somewhere in the 1024 events from `event` on (a repetition agreed with itself)
  std::optional<TraceEntry> first;
  std::optional<TraceEntry> second;
};

/// Makes one whole run from nothing and gives back its digest, having captured the entries of `window`.
using Run = std::function<Digest(Window window)>;

/// Runs twice; nothing when both were equal. Otherwise runs both again to capture the stretch after the last common
/// checkpoint and names the first event that differs.
std::optional<Difference> compare_runs(const Run& first, const Run& second);

/// One sentence for people.
std::string to_string(const Difference& difference);

}  // namespace sim::engine
