// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "syncer/base/assert.h"
#include "syncer/base/hash.h"
#include "syncer/base/ids.h"

namespace syncer {

/// A map whose keys, ids or names, are looked up and gone through far more often than they change: iterated in their
/// order, found by hash. What it holds stays where it is. Both ways are through flat tables of pointers, so that a walk
/// need not wait for one element to find the next. It must not be changed while it is gone through.
template <class Key, class T>
class IndexedMap {
 public:
  using Name = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;
  using Entry = std::pair<const Key, T>;

 private:
  using Order = std::vector<std::unique_ptr<Entry>>;

  template <class Value>
  class Iterator {
   public:
    explicit Iterator(typename Order::const_iterator at) : at_(at) {}
    Value& operator*() const { return **at_; }
    Value* operator->() const { return at_->get(); }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

    using iterator_category = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;
    using pointer = Value*;
    using reference = Value&;

   private:
    typename Order::const_iterator at_;
  };

 public:
  IndexedMap() = default;
  IndexedMap(const IndexedMap& other) {
    for (const Entry& entry : other) try_emplace(entry.first, entry.second);
  }
  IndexedMap(IndexedMap&&) = default;
  IndexedMap& operator=(const IndexedMap&) = delete;
  IndexedMap& operator=(IndexedMap&&) = default;
  ~IndexedMap() = default;

  T* find(Name name) {
    Entry* entry = entry_of(name);
    return entry == nullptr ? nullptr : &entry->second;
  }
  const T* find(Name name) const {
    const Entry* entry = entry_of(name);
    return entry == nullptr ? nullptr : &entry->second;
  }
  /// It must be there.
  T& at(Name name) {
    T* known = find(name);
    SYNCER_ASSERT(known != nullptr);
    return *known;
  }
  bool contains(Name name) const { return entry_of(name) != nullptr; }
  /// The one there is, or a new one made of these; and whether it is new.
  template <class... Parts>
  std::pair<T&, bool> try_emplace(Name name, Parts&&... parts) {
    if (T* known = find(name)) return {*known, false};
    auto fresh = std::make_unique<Entry>(std::piecewise_construct, std::forward_as_tuple(name),
                                         std::forward_as_tuple(std::forward<Parts>(parts)...));
    Entry& entry = *fresh;
    order_.insert(place_of(name), std::move(fresh));
    if (slots_.size() < 2 * order_.size()) grow();
    slots_[free_slot(hashed(name))] = {hashed(name), &entry};
    return {entry.second, true};
  }
  /// Takes it out; nothing when there is none.
  std::optional<T> extract(Name name) {
    Entry* entry = entry_of(name);
    if (entry == nullptr) return std::nullopt;
    std::optional<T> taken(std::move(entry->second));
    erase(name);
    return taken;
  }
  void erase(Name name) {
    if (!contains(name)) return;
    const auto place = place_of(name);  // the name may be the one in the entry
    vacate(slot_of(name));
    order_.erase(place);
  }

  bool empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }
  auto begin() { return Iterator<Entry>(order_.begin()); }
  auto end() { return Iterator<Entry>(order_.end()); }
  auto begin() const { return Iterator<const Entry>(order_.begin()); }
  auto end() const { return Iterator<const Entry>(order_.end()); }

 private:
  /// Open addressing, at most half full; the number of slots is a power of two.
  struct Slot {
    std::uint64_t hash = 0;
    Entry* entry = nullptr;
  };

  template <class Tag>
  static std::uint64_t hashed(Id<Tag> id) {
    return (id.value * 0x9e3779b97f4a7c15ULL) >> 20U;
  }
  static std::uint64_t hashed(std::string_view name) { return hash64(name); }

  typename Order::iterator place_of(Name name) {
    return std::lower_bound(order_.begin(), order_.end(), name,
                            [](const auto& entry, const Name& sought) { return Name(entry->first) < sought; });
  }
  std::size_t next(std::size_t slot) const { return (slot + 1) & (slots_.size() - 1); }
  /// Where the name is; it must be there.
  std::size_t slot_of(Name name) const {
    std::size_t slot = hashed(name) & (slots_.size() - 1);
    while (Name(slots_[slot].entry->first) != name) slot = next(slot);
    return slot;
  }
  std::size_t free_slot(std::uint64_t hash) const {
    std::size_t slot = hash & (slots_.size() - 1);
    while (slots_[slot].entry != nullptr) slot = next(slot);
    return slot;
  }
  Entry* entry_of(Name name) const {
    if (slots_.empty()) return nullptr;
    const std::uint64_t hash = hashed(name);
    for (std::size_t slot = hash & (slots_.size() - 1); slots_[slot].entry != nullptr; slot = next(slot)) {
      if (slots_[slot].hash == hash && Name(slots_[slot].entry->first) == name) return slots_[slot].entry;
    }
    return nullptr;
  }
  void grow() {
    const std::vector<Slot> former =
        std::exchange(slots_, std::vector<Slot>(std::max<std::size_t>(8, 2 * slots_.size())));
    for (const Slot& slot : former) {
      if (slot.entry != nullptr) slots_[free_slot(slot.hash)] = slot;
    }
  }
  /// Those that stand behind only because this one was taken move up.
  void vacate(std::size_t slot) {
    slots_[slot].entry = nullptr;
    for (slot = next(slot); slots_[slot].entry != nullptr; slot = next(slot)) {
      const Slot moved = std::exchange(slots_[slot], Slot{});
      slots_[free_slot(moved.hash)] = moved;
    }
  }

  Order order_;
  std::vector<Slot> slots_;
};

}  // namespace syncer
