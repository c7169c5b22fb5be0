// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace syncer {

/// Tag of the monotonic clock. It has no now() on purpose: a core that reads the time does not compile.
struct MonotonicClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};

/// Tag of the wall clock. Another type than the monotonic one, so that the two cannot be mixed.
struct WallClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WallClock, duration>;
  static constexpr bool is_steady = false;
};

/// Length of time in integer nanoseconds.
using Duration = std::chrono::nanoseconds;
/// Point on one process's monotonic clock; its zero means nothing outside that process.
using Instant = MonotonicClock::time_point;
/// Point on the wall clock, nanoseconds since 1970; only ever shown to people, never decided upon.
using WallTime = WallClock::time_point;

/// "No deadline".
inline constexpr Instant kNever = Instant::max();

/// Nanoseconds since the clock's zero.
constexpr std::int64_t nanos(Instant t) { return t.time_since_epoch().count(); }
/// Instant at `ns` nanoseconds after the clock's zero.
constexpr Instant instant(std::int64_t ns) { return Instant(Duration(ns)); }

/// `t + d`, kept at kNever instead of overflowing.
constexpr Instant saturating_add(Instant t, Duration d) {
  return (d > Duration::zero() && t > kNever - d) ? kNever : t + d;
}

}  // namespace syncer
