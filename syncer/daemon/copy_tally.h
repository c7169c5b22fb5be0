// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// Adds up what happened to copies, for one line a second at most: single ones are for debugging.
class CopyTally {
 public:
  struct Counts {
    std::uint64_t registered = 0;
    std::uint64_t updated = 0;
    std::uint64_t removed = 0;
    bool operator==(const Counts&) const = default;
  };
  using ByRegion = std::map<std::string, Counts>;

  /// Counts the event if it is about a copy.
  void count(const Event& event);
  /// What was counted since the last time, once a second has passed since the first of it; nothing before.
  std::optional<ByRegion> take(Instant now);
  /// When take() gives something; kNever while nothing was counted.
  Instant next_deadline() const { return due_; }

 private:
  ByRegion counts_;
  Instant due_ = kNever;
};

/// "east +3 ~1 -2, west +1", the first few regions.
std::string to_string(const CopyTally::ByRegion& counts);
CopyTally::Counts total(const CopyTally::ByRegion& counts);

}  // namespace syncer::daemon
