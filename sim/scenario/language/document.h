// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/values/values.h"

namespace sim::scenario {

/// Something wrong with a file, for people: the place, the line with a caret under it, and the path inside the
/// document.
struct Diagnostic {
  Place place;
  std::string message;
  std::string source_line;
  std::string path;  ///< e.g. "events[3].who"
};

/// "file:line:column: message", the source line, the caret, the path.
std::string to_string(const Diagnostic& diagnostic);

/// A JSON value that knows where it was written.
struct Value {
  enum class Kind { Null, Bool, Unsigned, Signed, Real, String, Array, Object };
  Kind kind = Kind::Null;
  int line = 0;
  int column = 0;
  std::string key;  ///< inside an object
  int key_line = 0;
  int key_column = 0;
  std::string text;  ///< of a string, or a number as it was written
  bool flag = false;
  std::vector<Value> items;  ///< in file order

  /// Member of an object, or nullptr.
  const Value* find(std::string_view wanted) const;
};

/// One JSON text (with // and /* */ comments), parsed whole.
struct Document {
  std::string file;
  std::string text;
  Value root;

  /// Line number `line` (from 1) without its end.
  std::string source_line(int line) const;
};

/// Syntax errors, a repeated key and too deep a nesting become diagnostics.
std::shared_ptr<const Document> parse_document(std::string file, std::string text, std::vector<Diagnostic>& problems);

/// Line and column, from 1; a column counts bytes.
struct Spot {
  int line = 1;
  int column = 1;
};

/// Where each key, value, "{" and "[" of a JSON text begins, in the order a SAX parser reports them (nlohmann 3.11
/// gives no positions itself). The text is legal JSON, with comments; for any other text the list is of no use, but
/// safe.
std::vector<Spot> token_positions(std::string_view text);

/// The place of an byte.
Spot spot_of(std::string_view text, std::size_t offset);

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
