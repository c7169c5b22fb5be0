// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "sim/engine/slab.h"
#include "syncer/base/time.h"

namespace sim::engine {

/// Something that will happen: plain data, its meaning belongs to the world. The payload lies in a Slab.
struct QueuedEvent {
  std::uint32_t kind = 0;
  std::uint32_t subject = 0;
  Handle payload{};
};

/// Events in order of time; events of the same instant in the order they were put in. Events for the present instant
/// wait in a FIFO, later ones in a 4-ary heap. No allocation once both have grown to their working size.
class EventQueue {
 public:
  /// The instant of the last event taken.
  syncer::Instant now() const { return now_; }
  bool empty() const { return heap_.empty() && head_ == present_.size(); }
  std::size_t size() const { return heap_.size() + present_.size() - head_; }
  /// When the next event is due; kNever when there is none.
  syncer::Instant next() const;

  /// `at` must not lie in the past.
  void push(syncer::Instant at, const QueuedEvent& event);
  /// Takes the next event and moves now() to it; the queue must not be empty.
  QueuedEvent pop();
  /// Moves now() forward over a stretch in which nothing is due.
  void pass_to(syncer::Instant at);

 private:
  struct Node {
    syncer::Instant at;
    std::uint64_t sequence;
    QueuedEvent event;
    bool before(const Node& other) const { return at != other.at ? at < other.at : sequence < other.sequence; }
  };
  void sift_up(std::size_t hole, const Node& node);
  void sift_down(const Node& node);
  QueuedEvent pop_heap();

  syncer::Instant now_{};
  std::uint64_t sequence_ = 0;
  std::vector<Node> heap_;
  std::vector<QueuedEvent> present_;  ///< due now, from head_ on
  std::size_t head_ = 0;
};

}  // namespace sim::engine
