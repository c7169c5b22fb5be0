// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/json/document.h"

namespace mocksc {

/// Writes compact JSON the way Go's encoding/json does with `omitempty`: members in call order, empty strings, lists,
/// maps and zeros left out, `<`, `>`, `&` as \u003c, \u003e, \u0026.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}
  void open_object() { open('{'); }
  void open_object(std::string_view name) { open(name, '{'); }
  void close_object() { out_.push_back('}'); }
  void open_array() { open('['); }
  void open_array(std::string_view name) { open(name, '['); }
  void close_array() { out_.push_back(']'); }

  void text(std::string_view name, std::string_view value);
  void number(std::string_view name, std::int64_t value);
  void texts(std::string_view name, const std::vector<std::string>& values);
  void map(std::string_view name, const std::map<std::string, std::string>& values);
  /// Written even when empty or zero.
  void text_always(std::string_view name, std::string_view value);
  void number_always(std::string_view name, std::int64_t value);
  void boolean(std::string_view name, bool value);
  /// A member whose value is already JSON.
  void raw(std::string_view name, std::string_view json);
  /// Array elements.
  void element_raw(std::string_view json);
  void element_text(std::string_view value);
  void element_number(std::int64_t value);

 private:
  void open(char bracket);
  void open(std::string_view name, char bracket);
  void key(std::string_view name);
  void separate();
  void quote(std::string_view value);
  std::string& out_;
};

/// Reads the members of one JSON object as Go would into a struct: names match without case, null is absent. The first
/// wrong type is reported in the words of Go's decoder; later reads go on, so a decoder asks once at the end.
class GoReader {
 public:
  /// The top of a document. `type` names the Go type that is filled, with its package ("discovery.Instance"); `error`
  /// stays empty as long as all is well.
  GoReader(const syncer::json::Value& document, std::string_view type, std::string& error);
  void text(std::string_view name, std::string& out);
  void number(std::string_view name, std::int32_t& out);
  void boolean(std::string_view name, bool& out);
  void texts(std::string_view name, std::vector<std::string>& out);
  void map(std::string_view name, std::map<std::string, std::string>& out);
  /// Calls `read(GoReader&)` when the member is there; it fills a struct of that type, in this one's package.
  template <class Read>
  void object(std::string_view name, std::string_view type, Read read) {
    if (const syncer::json::Value* value = member(name)) {
      GoReader nested(*value, *this, name, type);
      read(nested);
    }
  }
  /// Calls `read(GoReader&)` for each element.
  template <class Read>
  void objects(std::string_view name, std::string_view type, Read read) {
    const syncer::json::Value* list = this->list(name, type);
    if (list == nullptr) return;
    for (const syncer::json::Value& element : *list) {
      GoReader nested(element, *this, name, type);
      read(nested);
    }
  }
  /// An element of a list that is null: Go leaves a nil pointer there.
  bool is_null() const { return is_null_; }

 private:
  GoReader(const syncer::json::Value& value, const GoReader& parent, std::string_view name, std::string_view type);
  const syncer::json::Value* member(std::string_view name) const;
  /// The member if it is a list; another type is an error.
  const syncer::json::Value* list(std::string_view name, std::string_view type);
  void mismatch(std::string_view name, const syncer::json::Value& value, std::string_view wanted);
  std::string path() const;

  const syncer::json::Value* object_;
  const GoReader* parent_ = nullptr;
  std::string_view package_;  ///< with its dot
  std::string_view type_;
  std::string_view name_;
  std::string& error_;
  bool is_null_;
};

}  // namespace mocksc
