// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace syncer::registry {

/// How much the own registry's side holds right now, for those who watch that what is taken is given back. Of what is
/// counted or indexed apart from where it is kept, both numbers.
struct Sizes {
  std::size_t calls = 0;          ///< under way ...
  std::size_t calls_counted = 0;  ///< ... and as counted against the concurrency
  std::size_t waiting_calls = 0;
  std::size_t suspects = 0;         ///< entries whose absence is not decided ...
  std::size_t suspects_queued = 0;  ///< ... and in the queues
  std::size_t leases = 0;
  std::size_t lease_timers = 0;
  std::size_t ghosts = 0;
  std::size_t ghost_timers = 0;
  std::size_t services = 0;  ///< of the snapshot
  std::size_t entries = 0;   ///< likewise
  std::size_t changes = 0;   ///< of the snapshot that were not carried on yet
};

/// What a driver keeps for itself.
struct DriverSizes {
  std::size_t names = 0;            ///< of services that it reads
  std::size_t read_entries = 0;     ///< of all of them, by its last answers ...
  std::size_t entries_counted = 0;  ///< ... and as counted
  std::size_t followed = 0;         ///< own services whose attachments are read again and again
  std::size_t follow_timers = 0;
  std::size_t preparations = 0;  ///< services of copies
  std::size_t preparation_timers = 0;
};

}  // namespace syncer::registry
