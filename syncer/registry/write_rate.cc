// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/write_rate.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::registry {
namespace {

constexpr std::uint64_t kFirst = 500;
constexpr std::uint64_t kLeast = 20;
constexpr Duration kWindow = std::chrono::milliseconds(100);
/// So few answers say nothing.
constexpr std::uint64_t kFewAnswers = 5;
/// One refusal in so many answers is borne.
constexpr std::uint64_t kBorne = 20;
/// What is not used is kept for so long: short, or a pause would end in a flood.
constexpr Duration kBurst = std::chrono::milliseconds(50);

}  // namespace

WriteRate::WriteRate(std::uint32_t ceiling)
    : ceiling_(std::max<std::uint64_t>(ceiling, 1)), rate_(std::min(ceiling_, kFirst)) {}

void WriteRate::set_ceiling(std::uint32_t ceiling) {
  ceiling_ = std::max<std::uint64_t>(ceiling, 1);
  rate_ = std::min(rate_, ceiling_);
}

void WriteRate::count(Instant now) {
  gate_ = std::max(gate_, now - kBurst) + std::chrono::nanoseconds(1'000'000'000 / rate_);
}

void WriteRate::answered(Instant now, bool overloaded) {
  if (answers_ == 0) window_ = now;
  ++answers_;
  if (overloaded) ++refusals_;
  if (now - window_ >= kWindow && answers_ >= kFewAnswers) judge(now);
}

void WriteRate::judge(Instant now) {
  const bool overloaded = refusals_ * kBorne > answers_ && !SYNCER_MUTATED("registry.write_through_overload");
  SYNCER_SOMETIMES(overloaded, "registry.writes_slow_down");
  if (overloaded) {
    rate_ = std::max(rate_ / 2, std::min(kLeast, ceiling_));
    is_starting_ = false;
    gate_ = std::max(gate_, now);
  } else {
    const std::uint64_t step = is_starting_ ? rate_ / 4 : ceiling_ / 100;
    rate_ = std::min(rate_ + std::max<std::uint64_t>(step, 1), ceiling_);
  }
  answers_ = refusals_ = 0;
}

}  // namespace syncer::registry
