// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "syncer/base/quantity.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"

namespace sim::fault {

/// A number with 30 fraction bits. Quantile tables are built with integers only, so that every compiler and every
/// optimisation level gets the same table.
using Fixed = std::int64_t;
inline constexpr Fixed kOne = Fixed{1} << 30U;
inline constexpr Fixed kLn2 = 744261118;        ///< natural logarithm of 2
inline constexpr Fixed kNormal99 = 2497897010;  ///< 99 % quantile of the standard normal distribution

/// a × b with b fixed-point: keeps a's unit.
inline std::int64_t scale(std::int64_t a, Fixed b) {
  return static_cast<std::int64_t>(static_cast<__int128>(a) * b / kOne);
}
/// a ÷ b as fixed-point.
inline Fixed ratio(std::int64_t a, std::int64_t b) { return static_cast<Fixed>(static_cast<__int128>(a) * kOne / b); }

/// Binary logarithm of a whole number > 0.
Fixed log2_of(std::uint64_t x);
/// 2 to the power x; x within ±32, else the nearest bound.
Fixed exp2_of(Fixed x);
/// Quantile of the standard normal distribution at (index + 1/2) / 1024; index below 1024.
Fixed normal_quantile(std::uint32_t index);

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
