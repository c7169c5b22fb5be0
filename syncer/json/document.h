// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/json/value.h"

namespace syncer::json {

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
