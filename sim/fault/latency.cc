// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/latency.h"

#include <algorithm>
#include <array>
#include <vector>

#include "syncer/base/assert.h"

namespace sim::fault {
namespace {

constexpr std::uint32_t kBits = 30;
constexpr std::uint32_t kHalf = 512;

std::uint64_t integer_root(std::uint64_t x) {
  std::uint64_t root = 0;
  for (std::uint64_t bit = std::uint64_t{1} << 31U; bit != 0; bit >>= 1U) {
    if ((root + bit) * (root + bit) <= x) root += bit;
  }
  return root;
}

/// 2^(1/2), 2^(1/4), 2^(1/8), …
std::array<std::uint64_t, kBits> roots_of_two() {
  std::array<std::uint64_t, kBits> roots{};
  std::uint64_t last = 2 * static_cast<std::uint64_t>(kOne);
  for (std::uint64_t& root : roots) root = last = integer_root(last << kBits);
  return roots;
}

/// Integrates the bell curve in steps of 1/1024 from zero on and notes where each 1/1024 of the area is passed.
std::array<Fixed, kHalf> upper_normal_quantiles() {
  constexpr Fixed kStep = kOne / 1024;
  constexpr std::uint32_t kSteps = 5 * 1024;
  std::vector<std::uint64_t> area{0};
  for (std::uint32_t i = 0; i < kSteps; ++i) {
    const Fixed z = kStep * i + kStep / 2;
    area.push_back(area.back() + static_cast<std::uint64_t>(exp2_of(-ratio(scale(z, z) / 2, kLn2))));
  }
  std::array<Fixed, kHalf> quantiles{};
  std::uint32_t step = 0;
  for (std::uint32_t i = 0; i < kHalf; ++i) {
    const std::uint64_t wanted = area.back() / 1024 * (2 * i + 1);
    while (area[step + 1] < wanted) ++step;
    quantiles[i] = kStep * step + ratio(static_cast<std::int64_t>(wanted - area[step]),
                                        static_cast<std::int64_t>(area[step + 1] - area[step])) /
                                      1024;
  }
  return quantiles;
}

}  // namespace

Fixed log2_of(std::uint64_t x) {
  std::uint32_t whole = 0;
  while ((x >> whole) > 1) ++whole;
  std::uint64_t mantissa = whole > kBits ? x >> (whole - kBits) : x << (kBits - whole);
  Fixed result = kOne * whole;
  for (Fixed bit = kOne / 2; bit != 0; bit /= 2) {
    mantissa = (mantissa * mantissa) >> kBits;
    if (mantissa < 2 * static_cast<std::uint64_t>(kOne)) continue;
    mantissa >>= 1U;
    result += bit;
  }
  return result;
}

Fixed exp2_of(Fixed x) {
  static const std::array<std::uint64_t, kBits> kRoots = roots_of_two();
  x = std::clamp(x, -32 * kOne, 32 * kOne);
  Fixed whole = x / kOne;
  if (x < whole * kOne) --whole;
  const Fixed fraction = x - whole * kOne;
  std::uint64_t result = kOne;
  for (std::uint32_t i = 0; i < kBits; ++i) {
    if ((fraction & (kOne >> (i + 1))) != 0) result = (result * kRoots[i]) >> kBits;
  }
  return static_cast<Fixed>(whole >= 0 ? result << static_cast<std::uint32_t>(whole)
                                       : result >> static_cast<std::uint32_t>(-whole));
}

Fixed normal_quantile(std::uint32_t index) {
  static const std::array<Fixed, kHalf> kUpper = upper_normal_quantiles();
  return index >= kHalf ? kUpper[index - kHalf] : -kUpper[kHalf - 1 - index];
}

using syncer::Duration;
using syncer::ErrorCode;
using syncer::failure;

namespace {

/// -ln(1 - q) at q = (index + 1/2) / 1024.
Fixed exponential_quantile(std::uint32_t index) {
  return scale(11 * kOne - log2_of(2 * LatencyTable::kEntries - 2 * index - 1), kLn2);
}

std::int64_t quantile(const LatencySpec& spec, std::uint32_t i) {
  switch (spec.shape) {
    case Shape::Uniform:
      return spec.min.count() + (spec.max - spec.min).count() / 2048 * (2 * i + 1);
    case Shape::Exp:
      return spec.min.count() + scale((spec.mean - spec.min).count(), exponential_quantile(i));
    case Shape::Lognormal: {
      const Fixed spread =
          log2_of(static_cast<std::uint64_t>(spec.p99.count())) - log2_of(static_cast<std::uint64_t>(spec.p50.count()));
      return scale(spec.p50.count(), exp2_of(ratio(scale(normal_quantile(i), spread), kNormal99)));
    }
    default:
      return spec.mean.count();
  }
}

std::vector<std::int64_t> quantiles(const LatencySpec& spec) {
  std::vector<std::int64_t> table;
  if (spec.shape == Shape::Const) return {spec.mean.count()};
  if (spec.shape == Shape::Bimodal) return {spec.min.count(), spec.max.count()};
  if (spec.shape == Shape::Trace) {
    for (const Duration sample : spec.samples) table.push_back(sample.count());
    std::sort(table.begin(), table.end());
    return table;
  }
  for (std::uint32_t i = 0; i < LatencyTable::kEntries; ++i) table.push_back(quantile(spec, i));
  return table;
}

const char* problem(const LatencySpec& spec) {
  const Duration zero{};
  if (spec.min < zero || spec.max < zero || spec.mean < zero) return "a latency is never negative";
  const bool range = spec.shape == Shape::Uniform || spec.shape == Shape::Bimodal;
  if (range && spec.max < spec.min) return "max is below min";
  if (spec.shape == Shape::Exp && spec.mean < spec.min) return "mean is below min";
  if (spec.shape == Shape::Lognormal && (spec.p50 <= zero || spec.p99 < spec.p50)) return "needs 0 < p50 <= p99";
  if (spec.shape != Shape::Trace) return nullptr;
  if (spec.samples.empty()) return "a trace needs samples";
  return *std::min_element(spec.samples.begin(), spec.samples.end()) < zero ? "a latency is never negative" : nullptr;
}

}  // namespace

syncer::Result<void> validate(const LatencySpec& spec) {
  if (const char* text = problem(spec)) return failure(ErrorCode::Invalid, "latency", text);
  return {};
}

LatencyTable::LatencyTable(const LatencySpec& spec) : share_(spec.share), bimodal_(spec.shape == Shape::Bimodal) {
  SYNCER_ASSERT(problem(spec) == nullptr);
  quantiles_ = quantiles(spec);
}

Duration LatencyTable::draw(syncer::Random random) const {
  if (quantiles_.size() == 1) return Duration(quantiles_.front());
  if (bimodal_) return Duration(quantiles_[random.hits(share_) ? 1 : 0]);
  const std::uint64_t last = quantiles_.size() - 1;
  const std::uint64_t place = random.below(last << 20U);
  const auto i = static_cast<std::size_t>(place >> 20U);
  const auto part = static_cast<std::int64_t>(place & 0xfffffU);
  return Duration(quantiles_[i] + scale(quantiles_[i + 1] - quantiles_[i], part << 10U));
}

}  // namespace sim::fault
