// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/base/time.h"
#include "syncer/registry/settings.h"

namespace syncer::registry {

/// What it takes to read something once while nothing changes.
struct ReadCost {
  Duration took{};             ///< from the first request to the last answer
  std::uint64_t requests = 1;  ///< how many
  std::uint64_t bytes = 0;     ///< of what is sent and of what comes back, decompressed
  std::uint64_t entries = 0;   ///< that a registry may have to tell anew when one of them changes
};

/// The time from the beginning of one reading to that of the next: `poll_interval` where reading is cheap, stretched in
/// proportion to what it costs, up to `longest_poll_interval` (or `poll_interval`, if that is longer).
Duration read_interval(const RegistrySettings& settings, const ReadCost& cost);

/// The same after a reading that failed: what does not answer is not asked more often than once a second.
Duration retry_interval(const RegistrySettings& settings);

}  // namespace syncer::registry
