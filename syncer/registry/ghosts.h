// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "syncer/base/time.h"
#include "syncer/registry/sizes.h"
#include "syncer/registry/snapshot.h"

namespace syncer::registry {

/// Entries whose absence was confirmed a short while ago. A cache may go on listing one, or list it again: with the
/// registration it had, it is a ghost until the store itself says otherwise. Memory: what was removed within the time.
class Ghosts {
 public:
  /// `time`: how long a list may show what the store has lost; of a mass removal a registry may go on listing each
  /// entry for its lease.
  explicit Ghosts(Duration time) : time_(time) {}

  void bury(Instant now, const EntryId& ref, const Entry& entry);
  /// Whether an entry that a list shows is to be asked for before it is believed.
  bool is_ghost(Instant now, const EntryId& ref, const std::string& registration);
  /// For how long it has been gone; nothing when it was never buried, or too long ago.
  std::optional<Duration> gone_for(Instant now, const EntryId& ref) const;
  /// Forgets those whose time is over.
  void expire(Instant now);
  /// The store has it after all.
  void forget(const EntryId& ref) { buried_.erase(ref); }
  /// Adds those that are remembered.
  void fill(Sizes& sizes) const {
    sizes.ghosts = buried_.size();
    sizes.ghost_timers = in_time_.size();
  }

 private:
  struct Grave {
    std::string registration;
    Instant since{};
    Instant until{};
  };
  Duration time_;
  std::map<EntryId, Grave> buried_;
  std::set<std::pair<Instant, EntryId>> in_time_;
};

}  // namespace syncer::registry
