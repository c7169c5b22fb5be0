// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/base/time.h"

namespace sim::host {

/// 2026-01-01T00:00:00Z: the wall clock of everything at the start of a world, nanoseconds since 1970.
inline constexpr std::int64_t kWallAtZero = 1'767'225'600'000'000'000;

/// The clocks of one machine. The monotonic one runs at its own speed, counts the time the machine is suspended, never
/// jumps and never goes back. The wall clock follows true time, apart from jumps.
class MachineClock {
 public:
  explicit MachineClock(syncer::Instant local_at_zero) : local_base_(local_at_zero) {}

  /// Reading of the monotonic clock at a time of the world (not before the last change of speed).
  syncer::Instant local(syncer::Instant world) const;
  /// First time of the world at which the monotonic clock shows at least `local`.
  syncer::Instant world(syncer::Instant local) const;
  syncer::WallTime wall(syncer::Instant world) const;

  void set_drift(syncer::Instant world, std::int64_t ppm);
  void jump_wall(syncer::Duration by) { wall_offset_ += by; }
  /// The wall clock is off by so much, apart from jumps.
  void skew_wall(syncer::Duration by) { wall_skew_ = by; }

 private:
  void rebase(syncer::Instant world);

  syncer::Instant world_base_{};
  syncer::Instant local_base_;
  std::int64_t ppm_ = 0;
  syncer::Duration wall_offset_{};
  syncer::Duration wall_skew_{};
};

}  // namespace sim::host
