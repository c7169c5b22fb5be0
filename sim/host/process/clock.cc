// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/clock.h"

#include "syncer/base/assert.h"

namespace sim::host {

using syncer::Duration;
using syncer::Instant;

namespace {
constexpr std::int64_t kMillion = 1'000'000;

std::int64_t multiply_divide(std::int64_t a, std::int64_t b, std::int64_t c) {
  return static_cast<std::int64_t>(static_cast<__int128>(a) * b / c);
}
}  // namespace

Instant MachineClock::local(Instant world) const {
  SYNCER_ASSERT(world >= world_base_);
  return local_base_ + Duration(multiply_divide((world - world_base_).count(), kMillion + ppm_, kMillion));
}

Instant MachineClock::world(Instant wanted) const {
  if (wanted == syncer::kNever) return syncer::kNever;
  if (wanted <= local_base_) return world_base_;
  const std::int64_t wait = (wanted - local_base_).count();
  // Bounds the product below: nobody waits for more than a century.
  if (wait > std::int64_t{100} * 366 * 86400 * 1'000'000'000) return syncer::kNever;
  Instant result = world_base_ + Duration(multiply_divide(wait, kMillion, kMillion + ppm_));
  while (local(result) < wanted) result += Duration(1);
  return result;
}

syncer::WallTime MachineClock::wall(Instant world) const {
  return syncer::WallTime(Duration(kWallAtZero)) + world.time_since_epoch() + wall_offset_ + wall_skew_;
}

void MachineClock::set_drift(Instant world, std::int64_t ppm) {
  SYNCER_ASSERT(ppm > -kMillion);
  rebase(world);
  ppm_ = ppm;
}

void MachineClock::rebase(Instant world) {
  local_base_ = local(world);
  world_base_ = world;
}

}  // namespace sim::host
