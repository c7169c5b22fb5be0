// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace syncer::replication {

/// How much the log and the replicas hold right now, for those who watch that what is taken is given back.
struct Sizes {
  std::size_t records = 0;     ///< of the own log that live
  std::size_t tombstones = 0;  ///< removals that it remembers, superseded ones too
  std::size_t entries = 0;     ///< of the own log, of both kinds
  std::size_t audiences = 0;   ///< readers with a view of their own
  std::size_t shown = 0;       ///< records in all of their logs
  std::size_t waiting = 0;     ///< records that changed while one of them is paused
  std::size_t senders = 0;
  std::size_t transfers = 0;        ///< repairs and snapshots that are being sent
  std::size_t batches = 0;          ///< pushed, not acknowledged
  std::size_t batch_bytes = 0;      ///< of these ...
  std::size_t bytes_counted = 0;    ///< ... and as counted against the window
  std::size_t receivers = 0;        ///< regions of which something is known
  std::size_t repairs = 0;          ///< that are being received
  std::size_t replica_records = 0;  ///< of all regions
  std::size_t relayed = 0;          ///< regions that are passed on to others
};

/// How much the guards over one or more regions know.
struct GuardSizes {
  std::size_t entries = 0;        ///< of every state
  std::size_t live = 0;           ///< of these
  std::size_t held = 0;           ///< likewise ...
  std::size_t held_by_rules = 0;  ///< ... and as counted by rule
  std::size_t timers = 0;
};

}  // namespace syncer::replication
