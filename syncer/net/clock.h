// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <time.h>

#include <chrono>

#include "syncer/base/time.h"

namespace syncer::net {

/// This machine's monotonic clock: the one place where the daemon reads the time that a node sees. It counts the time
/// that the machine sleeps: a lease must be over when a suspended virtual machine wakes up.
inline Instant steady_now() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return Instant(std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec));
}

/// The same point on the standard clock, for waits of the standard library and Asio. That clock stands still while the
/// machine sleeps, so a wait that spans a sleep ends late.
inline std::chrono::steady_clock::time_point to_steady(Instant t) {
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(t - steady_now());
}

}  // namespace syncer::net
