// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "syncer/base/assert.h"
#include "syncer/base/time.h"

namespace sim::engine {

/// Names one slot of a Slab for one use of it: position and generation. Zero is no handle.
struct Handle {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool operator==(const Handle&) const = default;
  explicit operator bool() const { return generation != 0; }
};

/// Recycled storage for payloads of events. A released slot keeps its T (and so the capacity of its buffers) for the
/// next use: in steady state nothing is allocated. References stay valid until release.
template <class T>
class Slab {
 public:
  Handle acquire() {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(slots_.size()));
      slots_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    slots_[slot].live = true;
    return {slot, ++slots_[slot].generation};
  }

  /// Gives the slot back; its content is left as it is for the next user.
  void release(Handle handle) {
    SYNCER_ASSERT(find(handle) != nullptr);
    slots_[handle.slot].live = false;
    free_.push_back(handle.slot);
  }

  /// nullptr when that use of the slot has ended.
  T* find(Handle handle) {
    if (!handle || handle.slot >= slots_.size()) return nullptr;
    Slot& slot = slots_[handle.slot];
    return slot.live && slot.generation == handle.generation ? &slot.value : nullptr;
  }
  const T* find(Handle handle) const { return const_cast<Slab*>(this)->find(handle); }
  T& at(Handle handle) {
    T* value = find(handle);
    SYNCER_ASSERT(value != nullptr);
    return *value;
  }
  const T& at(Handle handle) const { return const_cast<Slab*>(this)->at(handle); }

  /// Handles in use, in order of slots.
  std::vector<Handle> live() const {
    std::vector<Handle> handles;
    for (std::uint32_t i = 0; i < slots_.size(); ++i) {
      if (slots_[i].live) handles.push_back({i, slots_[i].generation});
    }
    return handles;
  }
  std::size_t size() const { return slots_.size() - free_.size(); }

 private:
  struct Slot {
    T value{};
    std::uint32_t generation = 0;
    bool live = false;
  };
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_;
};

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
