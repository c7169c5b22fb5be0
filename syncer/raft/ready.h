// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "syncer/raft/message.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Everything a voter wants done since the last Ready. To be stored in this order: snapshot, entries, hard state; then
/// apply `committed`, then let `promises` leave. `messages` rely on nothing but the hard state.
struct Ready {
  std::optional<SoftState> soft_state;  ///< if it changed
  std::optional<HardState> hard_state;  ///< if it changed
  std::vector<Entry> entries;
  std::optional<Snapshot> snapshot;
  std::vector<Entry> committed;
  std::vector<Message> messages;
  std::vector<Message> promises;
  /// Entries, term or vote: without them on disk a promise would be a lie.
  bool must_sync = false;
};

}  // namespace syncer::raft
