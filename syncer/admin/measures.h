// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "syncer/admin/histogram.h"

namespace syncer::admin {

/// What a process measures of itself besides the node's status, for the metrics. Bounded: methods, codes and regions.
class Measures {
 public:
  Measures();

  /// A request to the registry ended: its method in lower case, and the status or the name of an error.
  void note_request(std::string_view op, const std::string& code, Duration time);
  /// A change of that region was written to the own registry.
  void note_convergence(const std::string& origin, Duration time);
  /// Regions that are known have a series from the start, those that are not any more have none.
  void set_regions(const std::map<std::string, bool>& known);

  const std::map<std::pair<std::string, std::string>, std::uint64_t>& requests() const { return requests_; }
  const std::map<std::string, Histogram>& durations() const { return durations_; }
  const std::map<std::string, Histogram>& convergence() const { return convergence_; }

 private:
  std::map<std::pair<std::string, std::string>, std::uint64_t> requests_;  ///< by op and code
  std::map<std::string, Histogram> durations_;                             ///< by op
  std::map<std::string, Histogram> convergence_;                           ///< by region
};

/// What the system says about this process.
struct ProcessFigures {
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;
  double start_time = 0;  ///< seconds since 1970
};
/// Zeros for what cannot be read.
ProcessFigures read_process_figures();

}  // namespace syncer::admin
