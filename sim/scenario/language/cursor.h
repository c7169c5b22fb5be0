// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/scenario/language/document.h"

namespace sim::scenario {

/// A place inside a document: a value, and how it was reached. Borrowed from the document.
struct Cursor {
  const Document* document = nullptr;
  const Value* value = nullptr;
  std::string path;

  bool is(Value::Kind kind) const { return value->kind == kind; }
  Cursor member(const Value& v) const { return {document, &v, path.empty() ? v.key : path + "." + v.key}; }
  Cursor element(std::size_t i) const { return {document, &value->items[i], path + "[" + std::to_string(i) + "]"}; }
  /// The member of that name, or this object itself when it has none.
  Cursor at(std::string_view key) const {
    const Value* found = value->find(key);
    return found == nullptr ? *this : member(*found);
  }
  Place place() const { return {document->file, value->line, value->column}; }
  Place key_place() const { return {document->file, value->key_line, value->key_column}; }
};

}  // namespace sim::scenario
