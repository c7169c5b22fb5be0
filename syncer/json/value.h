// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

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

}  // namespace syncer::json
