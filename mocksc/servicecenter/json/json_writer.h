// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mocksc/servicecenter/store/records.h"

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
  void map(std::string_view name, const Properties& values);
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

/// The JSON of one record.
std::string render(const Service& service);
std::string render(const Instance& instance);
void write(JsonWriter& out, const Service& service);
void write(JsonWriter& out, const Instance& instance);

}  // namespace mocksc
