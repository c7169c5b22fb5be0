// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/time.h"

namespace sim::fault {

/// Shape of a latency distribution.
enum class Shape : std::uint8_t {
  Const,      ///< always `mean`
  Uniform,    ///< evenly in [min, max]
  Exp,        ///< min plus an exponential part, `mean` over all
  Lognormal,  ///< given by `p50` and `p99`
  Bimodal,    ///< `min`, but `max` with probability `share`
  Trace,      ///< drawn from measured `samples`
};

/// One-way latency as a scenario writes it. Only the fields named beside the shape count.
struct LatencySpec {
  Shape shape = Shape::Const;
  syncer::Duration min{};
  syncer::Duration max{};
  syncer::Duration mean{};
  syncer::Duration p50{};
  syncer::Duration p99{};
  syncer::Ratio share{};
  std::vector<syncer::Duration> samples;
  bool operator==(const LatencySpec&) const = default;
};

}  // namespace sim::fault
