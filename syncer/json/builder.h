// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <forward_list>
#include <vector>

#include "syncer/json/value.h"

namespace syncer::json {

/// Puts the values of a document behind each other.
class Builder {
 public:
  Builder() = default;
  Builder(Builder&&) = default;
  Builder& operator=(Builder&&) = default;
  Builder(const Builder&) = delete;  // the values refer to the kept texts
  Builder& operator=(const Builder&) = delete;

  /// Room for the values that a text of so many octets usually holds.
  void reserve_for(std::size_t octets) { values_.reserve(octets / 16 + 4); }
  /// Appends a value without elements; gives back its place.
  std::size_t add(Type type, ByteView name, ByteView text = {}) {
    Value& value = values_.emplace_back();
    value.type_ = type;
    value.name_ = name;
    value.text_ = text;
    return values_.size() - 1;
  }
  /// Everything that was added after the list or object at `place` belongs to it.
  void close(std::size_t place) { values_[place].span_ = values_.size() - place; }
  /// Keeps characters that do not stand in the document as they are.
  ByteView keep(Bytes text) { return texts_.emplace_front(std::move(text)); }
  /// Starts anew.
  void clear() {
    values_.clear();
    texts_.clear();
  }
  /// The value at a place; valid until the next one is added.
  const Value& at(std::size_t place) const { return values_[place]; }

 private:
  std::vector<Value> values_;
  std::forward_list<Bytes> texts_;
};

}  // namespace syncer::json
