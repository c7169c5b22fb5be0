// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "syncer/base/time.h"

namespace study {

/// A sample of durations.
class Figures {
 public:
  void add(syncer::Duration d) { all_.push_back(d); }
  std::size_t size() const { return all_.size(); }
  /// The value that `percent` of the sample do not exceed (nearest rank); zero for an empty sample.
  syncer::Duration quantile(std::size_t percent) const {
    if (all_.empty()) return {};
    std::vector<syncer::Duration> sorted = all_;
    std::sort(sorted.begin(), sorted.end());
    const std::size_t rank = (sorted.size() * percent + 99) / 100;
    return sorted[rank == 0 ? 0 : rank - 1];
  }

 private:
  std::vector<syncer::Duration> all_;
};

inline double seconds_of(syncer::Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace study
