// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"
#include "syncer/ports/observer.h"

namespace syncer::admin {

/// An event as operators get it.
struct KeptEvent {
  std::uint64_t id = 0;  ///< given by the ring, one more each time
  Severity level = Severity::Info;
  std::string name;     ///< "guard.tripped"
  std::string region;   ///< the one it is about; empty where there is none
  std::string inside;   ///< all of it but the id, as the inside of a JSON object
  bool single = false;  ///< it is about one instance: there may be very many of its kind
};

/// The event as one line of JSON.
std::string to_json(const KeptEvent& event);

/// Which events somebody wants.
struct EventFilter {
  std::vector<std::string> kinds;  ///< "guard" for guard.*, or a whole name; empty for all
  std::string region;              ///< events about this region; empty for all
  Severity least = Severity::Trace;
  bool is_public = false;  ///< for everybody: nothing of the process and of those who command it
  bool matches(const KeptEvent& event) const;
};

/// Reads the words of a query: kinds parted by commas, a region, the name of a severity; each may be empty. Invalid for
/// a severity that is none and for a kind that no event has.
Result<EventFilter> parse_filter(std::string_view kinds, std::string_view region, std::string_view level);

/// The last events, for those who ask later. What is about single instances has places of its own, so that a region
/// that comes and goes does not push out the rest; of the rest the oldest of the commonest kind makes room. Memory is
/// bounded by `most` and the length of one event.
class EventRing {
 public:
  /// `first`: id of the first event, 1 at least. A process begins beyond all ids of the one before.
  explicit EventRing(std::size_t most, std::uint64_t first = 1) : most_(most), first_(first), last_(first - 1) {}

  /// Gives it the next id.
  void add(KeptEvent event);
  /// The oldest kept one after `id`; nullptr when there is none. Valid until the next add().
  const KeptEvent* next(std::uint64_t id) const;
  /// The id of the newest one; first() - 1 before there is one.
  std::uint64_t last() const { return last_; }
  /// Of all, kept or not.
  std::uint64_t first() const { return first_; }
  /// It was given here.
  bool knows(std::uint64_t id) const { return id >= first_ && id <= last_; }
  std::size_t size() const { return events_.size() + singles_.size(); }

 private:
  void drop_one(std::deque<KeptEvent>& events);
  std::size_t most_;  ///< of each of the two
  std::uint64_t first_;
  std::uint64_t last_;
  std::deque<KeptEvent> events_;
  std::deque<KeptEvent> singles_;
};

}  // namespace syncer::admin
