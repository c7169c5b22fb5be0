// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "syncer/base/assert.h"

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

  /// Gives the slot back; its content is left as it is for whoever acquires it next.
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

}  // namespace sim::engine
