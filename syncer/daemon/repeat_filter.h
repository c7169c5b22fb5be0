// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// Keeps a trouble that goes on from filling the log: the same warning (same kind, same texts; of a refused peer the
/// same reason) passes once a minute, and at once after the matching recovery or when its reason was another one
/// meanwhile; of one kind at most 60 pass in a minute.
class RepeatFilter {
 public:
  /// Nothing when the event is to be left out; else how many like it were left out since the last one.
  std::optional<std::uint64_t> pass(const Event& event);

 private:
  struct Seen {
    Instant at;
    std::string reason;
    std::uint64_t left_out = 0;
  };
  /// What passed of one kind in its present minute, and was left out since the last that passed.
  struct Turn {
    Instant since;
    std::size_t passed = 0;
    std::uint64_t left_out = 0;
  };
  void forget(EventKind kind);
  std::map<std::string, Seen> seen_;  ///< by kind and texts
  std::map<EventKind, Turn> turns_;
};

}  // namespace syncer::daemon
