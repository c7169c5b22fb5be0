// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/time.h"

namespace study {

/// How a pool came to rest after chaos.
struct Calm {
  syncer::Duration took{};
  bool in_time = false;
  std::string disagreement;  ///< who was wrong about whom, when it was not in time
};

/// 2 to 8 members, 50 s of chaos (loss up to 60 %, duplicates up to 15 %, jitter up to 120 ms, partitions, crashes,
/// restarts, leaves), then calm: all must agree within one state exchange, two longest suspicions and a gossip.
Calm calm_after(std::uint64_t seed);

}  // namespace study
