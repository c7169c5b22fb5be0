// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// Keeps a trouble that goes on from filling the log: the same warning (same kind, same texts) passes once a minute,
/// and at once after the matching recovery.
class RepeatFilter {
 public:
  /// Nothing when the event is to be left out; else how many like it were left out since the last one.
  std::optional<std::uint64_t> pass(const Event& event);

 private:
  struct Seen {
    Instant at;
    std::uint64_t left_out = 0;
  };
  void forget(EventKind kind);
  std::map<std::string, Seen> seen_;  ///< by kind and texts
};

}  // namespace syncer::daemon
