// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "syncer/base/time.h"

namespace syncer::admin {

/// Durations by size, as Prometheus adds them up.
class Histogram {
 public:
  /// Upper bounds in seconds; the last of all is infinite. Between a request on this machine and the promise of 30 s.
  static constexpr std::array<double, 14> kBounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                     1,     2.5,  5,     10,   20,  30,   60};

  void observe(Duration time) {
    const double seconds = std::chrono::duration<double>(time).count();
    sum_ += seconds;
    ++count_;
    for (std::size_t i = 0; i < kBounds.size(); ++i) buckets_[i] += seconds <= kBounds[i] ? 1 : 0;
  }
  /// How many were not longer than that bound.
  std::uint64_t up_to(std::size_t bound) const { return buckets_[bound]; }
  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size()> buckets_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
};

}  // namespace syncer::admin
