// SPDX-License-Identifier: Apache-2.0
#include "sim/fault/latency_table.h"

#include <algorithm>

#include "sim/fault/fixed_point.h"
#include "syncer/base/assert.h"

namespace sim::fault {

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
