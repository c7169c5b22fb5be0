// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <vector>

#include "syncer/base/bytes.h"

namespace syncer::json {

enum class Type : std::uint8_t { Null, Boolean, Number, Text, List, Object };

/// One value of a Document. The values of a document lie behind each other in the order of its text, so that the
/// elements of a list follow it at once and a whole value is passed over in one step.
class Value {
 public:
  /// Null.
  Value() = default;
  Value(Value&&) = default;
  Value& operator=(Value&&) = default;
  Value(const Value&) = delete;  // a copy would be without what belongs to it
  Value& operator=(const Value&) = delete;

  bool is_null() const { return type_ == Type::Null; }
  bool is_boolean() const { return type_ == Type::Boolean; }
  bool is_text() const { return type_ == Type::Text; }
  bool is_list() const { return type_ == Type::List; }
  bool is_object() const { return type_ == Type::Object; }
  Type type() const { return type_; }

  /// Name of a member of an object; empty for others.
  ByteView name() const { return name_; }
  /// The characters of a text; "true", "false", "null" or the canonical text of a number; empty for others.
  ByteView text() const { return text_; }
  /// An integer that is not negative and fits.
  std::optional<std::uint64_t> natural() const;
  /// An integer that fits.
  std::optional<std::int64_t> integer() const;
  /// Member of an object; nullptr when it is absent or this is no object.
  const Value* find(ByteView name) const;

  /// Elements of a list, members of an object; none for others.
  class Iterator {
   public:
    explicit Iterator(const Value* at) : at_(at) {}
    const Value& operator*() const { return *at_; }
    Iterator& operator++() {
      at_ += at_->span_;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const Value* at_;
  };
  Iterator begin() const { return Iterator(this + 1); }
  Iterator end() const { return Iterator(this + span_); }

 private:
  friend class Builder;
  Type type_ = Type::Null;
  std::size_t span_ = 1;  ///< number of values from this one to the end of what belongs to it
  ByteView name_;
  ByteView text_;
};

/// Puts the values of a document behind each other.
class Builder {
 public:
  Builder() = default;
  Builder(Builder&&) = default;
  Builder& operator=(Builder&&) = default;
  Builder(const Builder&) = delete;  // the values refer to the kept texts
  Builder& operator=(const Builder&) = delete;

  /// Room for the values that a text of so many bytes usually holds.
  void reserve_for(std::size_t bytes) { values_.reserve(bytes / 16 + 4); }
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

/// Reads plain JSON in one pass: ASCII, integers, shallow, no name twice in one object. That is nearly everything that
/// registries say. False when the text is not plain, which may be JSON all the same; then `out` holds part of it.
bool read_plain(ByteView text, Builder& out);

/// A JSON text that was read. It borrows from the text, and is valid as long as that is.
class Document {
 public:
  /// Reads a text; nothing when it is not JSON, not UTF-8, or nested deeper than 64 levels. Of members with one name
  /// the last counts.
  static std::optional<Document> parse(ByteView text);

  const Value& root() const { return values_.at(0); }
  const Value& operator*() const { return root(); }

 private:
  explicit Document(Builder values) : values_(std::move(values)) {}
  Builder values_;
};

}  // namespace syncer::json
