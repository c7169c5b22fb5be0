// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "syncer/admin/event_ring.h"
#include "syncer/httpio/body_stream.h"

namespace syncer::admin {

/// The last events and those who read them as they happen (server-sent events). Lives on the loop's thread.
class EventFeed {
 public:
  /// `first`: id of the first event.
  explicit EventFeed(std::size_t most = 1000, std::uint64_t first = 1) : ring_(most, first) {}
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  /// Keeps it and wakes the readers.
  void add(KeptEvent event);

  /// Events from the one after `after` on; with `follow` without an end. A reader who was away for longer than events
  /// are kept is told how many it missed; one whose `after` is of a former process, how many of this one. Refused when
  /// there are too many readers, of which those of public events leave some places to others. The stream does not
  /// outlive this object's connections.
  Result<std::shared_ptr<httpio::BodyStream>> read(EventFilter filter, std::uint64_t after, bool follow);

  const EventRing& ring() const { return ring_; }
  std::size_t readers() const { return readers_.size(); }
  /// Readers that were dropped because they did not read in time.
  std::uint64_t dropped() const { return dropped_; }

 private:
  class Reader;
  EventRing ring_;
  std::vector<Reader*> readers_;
  std::uint64_t dropped_ = 0;
};

}  // namespace syncer::admin
