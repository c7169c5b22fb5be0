// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sim::report {

/// Where two traces part.
struct TraceDifference {
  std::size_t common = 0;           ///< lines that are equal before that
  std::vector<std::string> before;  ///< the last of them
  std::vector<std::string> first;   ///< what follows in the one, empty at its end
  std::vector<std::string> second;  ///< and in the other
};

/// Nothing when both are equal. Up to `context` lines before and from the difference on.
std::optional<TraceDifference> difference(const std::vector<std::string>& first, const std::vector<std::string>& second,
                                          std::size_t context);

/// A quantity of two runs.
struct Moved {
  std::string what;
  std::int64_t first = 0;
  std::int64_t second = 0;
  bool is_time = false;  ///< of nanoseconds
};

std::string to_text(const TraceDifference& difference);
/// "  convergence.visible_after.p99   6.1s -> 3.2s  (-48 %)".
std::string to_text(const std::vector<Moved>& all);

}  // namespace sim::report
