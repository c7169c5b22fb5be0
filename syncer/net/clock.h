// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "syncer/base/time.h"

namespace syncer::net {

/// This machine's monotonic clock: the one place where the daemon reads the time that a node sees.
inline Instant steady_now() {
  return Instant(std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch()));
}

/// The same point on the standard clock, for waits of the standard library and Asio.
inline std::chrono::steady_clock::time_point to_steady(Instant t) {
  return std::chrono::steady_clock::time_point(
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(t.time_since_epoch()));
}

}  // namespace syncer::net
