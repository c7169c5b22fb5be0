// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/fault/latency_spec.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"

namespace sim::fault {

/// Says what is wrong with a latency specification (min over max, p99 under p50, no samples, a negative time …).
syncer::Result<void> validate(const LatencySpec& spec);

/// A latency distribution ready to draw from: 1024 quantiles, each at the middle of its 1/1024, joined by straight
/// lines. So the tails end at the quantiles 1/2048 and 2047/2048.
class LatencyTable {
 public:
  static constexpr std::uint32_t kEntries = 1024;

  /// `spec` must be valid.
  explicit LatencyTable(const LatencySpec& spec);
  syncer::Duration draw(syncer::Random random) const;
  /// Middle of the distribution, for timers that need a guess.
  syncer::Duration median() const { return syncer::Duration(quantiles_[quantiles_.size() / 2]); }

 private:
  std::vector<std::int64_t> quantiles_;  ///< one entry: constant
  syncer::Ratio share_;                  ///< of the last entry, when bimodal
  bool bimodal_;
};

}  // namespace sim::fault
