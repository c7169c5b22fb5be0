// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

#include "syncer/base/ids.h"

namespace syncer {

/// A map whose keys, ids or names, are looked up far more often than they change: iterated in their order, found by
/// hash. What it holds stays where it is.
template <class Key, class T>
class IndexedMap {
 public:
  using Name = std::conditional_t<std::is_same_v<Key, std::string>, std::string_view, Key>;

  IndexedMap() = default;
  IndexedMap(const IndexedMap&) = delete;  // the index points into it
  IndexedMap(IndexedMap&&) = default;
  IndexedMap& operator=(const IndexedMap&) = delete;
  IndexedMap& operator=(IndexedMap&&) = default;

  T* find(Name name) {
    const auto found = index_.find(hashed(name));
    return found == index_.end() ? nullptr : found->second;
  }
  const T* find(Name name) const {
    const auto found = index_.find(hashed(name));
    return found == index_.end() ? nullptr : found->second;
  }
  bool contains(Name name) const { return index_.contains(hashed(name)); }
  /// The one there is, or a new one made of these; and whether it is new.
  template <class... Parts>
  std::pair<T&, bool> try_emplace(Name name, Parts&&... parts) {
    if (T* known = find(name)) return {*known, false};
    const auto fresh = map_.try_emplace(Key(name), std::forward<Parts>(parts)...).first;
    index_.emplace(hashed(fresh->first), &fresh->second);
    return {fresh->second, true};
  }
  /// Takes it out; nothing when there is none.
  std::optional<T> extract(Name name) {
    if (index_.erase(hashed(name)) == 0) return std::nullopt;
    return std::move(map_.extract(map_.find(name)).mapped());
  }
  void erase(Name name) {
    if (index_.erase(hashed(name)) > 0) map_.erase(map_.find(name));
  }

  std::size_t size() const { return map_.size(); }
  auto begin() { return map_.begin(); }
  auto end() { return map_.end(); }
  auto begin() const { return map_.begin(); }
  auto end() const { return map_.end(); }

 private:
  template <class Tag>
  static std::uint64_t hashed(Id<Tag> id) {
    return id.value;
  }
  static std::string_view hashed(std::string_view name) { return name; }
  using Hashed = decltype(hashed(std::declval<Name>()));

  std::map<Key, T, std::less<>> map_;
  std::unordered_map<Hashed, T*> index_;  // of names: they stand in the map
};

}  // namespace syncer
