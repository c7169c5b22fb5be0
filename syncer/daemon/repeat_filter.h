// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "syncer/ports/observer.h"

namespace syncer::daemon {

/// What happens for each single instance is for debugging, whatever it is to the node.
bool is_about_one_instance(EventKind kind);

/// Keeps a trouble that goes on from filling the log: the same warning (same kind, same texts; of a refused peer the
/// same reason) passes once a minute, and at once after the matching recovery or when its reason was another one
/// meanwhile; of one kind at most 60 pass in a minute. Of what is no trouble 300 of one kind do: others may come and go
/// as they like. What is about one instance, or for debugging, passes always.
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
  std::optional<std::uint64_t> pass_news(const Event& event);
  /// One more of its kind; nothing when its minute is full.
  static std::optional<std::uint64_t> take_turn(std::map<EventKind, Turn>& turns, const Event& event, std::size_t most);
  void forget(EventKind kind);
  std::map<std::string, Seen> seen_;  ///< by kind and texts
  std::map<EventKind, Turn> turns_;
  std::map<EventKind, Turn> news_;
};

}  // namespace syncer::daemon
