// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/json/go_json.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace mocksc {
namespace {

constexpr std::string_view kReplacement = "\\ufffd";

void append_control(std::string& out, unsigned char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  out += "\\u00";
  out.push_back(kDigits[c >> 4U]);
  out.push_back(kDigits[c & 15U]);
}

/// Bytes of the UTF-8 character at the front of `text`; 0 when it is broken.
std::size_t utf8_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) return 0;
  }
  return length;
}

/// Line and paragraph separators end a line in JavaScript, so Go escapes them.
bool is_line_separator(std::string_view character) {
  return character == "\xe2\x80\xa8" || character == "\xe2\x80\xa9";
}

constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&';
  return plain;
}();
bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

void append_ascii(std::string& out, char c) {
  switch (c) {
    case '"':
    case '\\':
      out.push_back('\\');
      out.push_back(c);
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      append_control(out, static_cast<unsigned char>(c));
  }
}

/// Appends the character at the front of `text` and gives back how many bytes it took.
std::size_t append_character(std::string& out, std::string_view text) {
  if (static_cast<unsigned char>(text.front()) < 0x80) {
    append_ascii(out, text.front());
    return 1;
  }
  const std::size_t length = utf8_length(text);
  if (length == 0) {
    out += kReplacement;
    return 1;
  }
  if (is_line_separator(text.substr(0, length))) {
    out += text[2] == '\xa8' ? "\\u2028" : "\\u2029";
  } else {
    out += text.substr(0, length);
  }
  return length;
}

using syncer::json::Value;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// A name as Go's decoder compares it, without case; of several that match the last one
/// of the document counts, which keeps their order only where it reads in one pass. Two letters beyond ASCII
/// fold to ASCII ones, the long s and the Kelvin sign.
std::string folded(std::string_view name) {
  constexpr std::string_view kLongS = "\xc5\xbf";
  constexpr std::string_view kKelvin = "\xe2\x84\xaa";
  std::string out;
  while (!name.empty()) {
    const bool long_s = name.starts_with(kLongS);
    const bool kelvin = name.starts_with(kKelvin);
    out.push_back(long_s ? 's' : kelvin ? 'k' : lower(name.front()));
    name.remove_prefix(long_s ? kLongS.size() : kelvin ? kKelvin.size() : 1);
  }
  return out;
}

/// `name` is one of the decoder's own, in ASCII.
bool same_name(std::string_view given, std::string_view name) {
  const auto same = [](char x, char y) { return lower(x) == lower(y); };
  if (given.size() == name.size()) return std::equal(given.begin(), given.end(), name.begin(), same);
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (given.size() < name.size() || std::all_of(given.begin(), given.end(), is_ascii)) return false;
  return folded(given) == folded(name);
}

/// Go's name of a JSON type.
std::string_view kind_of(const Value& value) {
  if (value.is_object()) return "object";
  if (value.is_list()) return "array";
  if (value.is_text()) return "string";
  return value.is_boolean() ? "bool" : "number";
}

}  // namespace

void JsonWriter::separate() {
  if (out_.empty()) return;
  const char last = out_.back();
  if (last != '{' && last != '[' && last != ':') out_.push_back(',');
}

void JsonWriter::open(char bracket) {
  separate();
  out_.push_back(bracket);
}

void JsonWriter::open(std::string_view name, char bracket) {
  key(name);
  out_.push_back(bracket);
}

void JsonWriter::key(std::string_view name) {
  separate();
  quote(name);
  out_.push_back(':');
}

void JsonWriter::quote(std::string_view value) {
  out_.push_back('"');
  while (!value.empty()) {
    std::size_t plain = 0;
    while (plain < value.size() && is_plain(value[plain])) ++plain;
    out_ += value.substr(0, plain);
    value.remove_prefix(plain);
    if (!value.empty()) value.remove_prefix(append_character(out_, value));
  }
  out_.push_back('"');
}

void JsonWriter::text(std::string_view name, std::string_view value) {
  if (!value.empty()) text_always(name, value);
}

void JsonWriter::number(std::string_view name, std::int64_t value) {
  if (value != 0) number_always(name, value);
}

void JsonWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  open_array(name);
  for (const std::string& value : values) element_text(value);
  close_array();
}

void JsonWriter::map(std::string_view name, const std::map<std::string, std::string>& values) {
  if (values.empty()) return;
  open_object(name);
  for (const auto& [member, value] : values) text_always(member, value);
  close_object();
}

void JsonWriter::text_always(std::string_view name, std::string_view value) {
  key(name);
  quote(value);
}

void JsonWriter::number_always(std::string_view name, std::int64_t value) {
  key(name);
  out_ += std::to_string(value);
}

void JsonWriter::boolean(std::string_view name, bool value) {
  key(name);
  out_ += value ? "true" : "false";
}

void JsonWriter::raw(std::string_view name, std::string_view json) {
  key(name);
  out_ += json;
}

void JsonWriter::element_raw(std::string_view json) {
  separate();
  out_ += json;
}

void JsonWriter::element_text(std::string_view value) {
  separate();
  quote(value);
}

void JsonWriter::element_number(std::int64_t value) {
  separate();
  out_ += std::to_string(value);
}

GoReader::GoReader(const Value& document, std::string_view type, std::string& error)
    : object_(document.is_object() ? &document : nullptr),
      package_(type.substr(0, type.find('.') + 1)),
      type_(type.substr(package_.size())),
      error_(error),
      is_null_(document.is_null()) {
  if (object_ == nullptr && !is_null_) {
    error_ = "json: cannot unmarshal " + std::string(kind_of(document)) + " into Go value of type " + std::string(type);
  }
}

GoReader::GoReader(const Value& value, const GoReader& parent, std::string_view name, std::string_view type)
    : object_(value.is_object() ? &value : nullptr),
      parent_(&parent),
      package_(parent.package_),
      type_(type),
      name_(name),
      error_(parent.error_),
      is_null_(value.is_null()) {
  if (object_ == nullptr && !is_null_) {
    GoReader(parent).mismatch(name, value, std::string(package_) + std::string(type));
  }
}

std::string GoReader::path() const {
  return parent_ == nullptr ? std::string() : parent_->path() + std::string(name_) + ".";
}

void GoReader::mismatch(std::string_view name, const Value& value, std::string_view wanted) {
  if (!error_.empty()) return;
  error_ = "json: cannot unmarshal " + std::string(kind_of(value)) + " into Go struct field " + std::string(type_) +
           "." + path() + std::string(name) + " of type " + std::string(wanted);
}

const Value* GoReader::member(std::string_view name) const {
  if (object_ == nullptr) return nullptr;
  const Value* last = nullptr;
  for (const Value& value : *object_) {
    if (same_name(value.name(), name) && !value.is_null()) last = &value;
  }
  return last;
}

const Value* GoReader::list(std::string_view name, std::string_view type) {
  const Value* value = member(name);
  if (value == nullptr || value->is_list()) return value;
  mismatch(name, *value, "[]*" + std::string(package_) + std::string(type));
  return nullptr;
}

void GoReader::text(std::string_view name, std::string& out) {
  const Value* value = member(name);
  if (value == nullptr) return;
  if (value->is_text()) {
    out = value->text();
  } else {
    mismatch(name, *value, "string");
  }
}

void GoReader::number(std::string_view name, std::int32_t& out) {
  const Value* value = member(name);
  if (value == nullptr) return;
  const auto number = value->integer();
  if (number && std::in_range<std::int32_t>(*number)) {
    out = static_cast<std::int32_t>(*number);
  } else {
    mismatch(name, *value, "int32");
  }
}

void GoReader::boolean(std::string_view name, bool& out) {
  const Value* value = member(name);
  if (value == nullptr) return;
  if (value->is_boolean()) {
    out = value->text() == "true";
  } else {
    mismatch(name, *value, "bool");
  }
}

void GoReader::texts(std::string_view name, std::vector<std::string>& out) {
  const Value* values = member(name);
  if (values == nullptr) return;
  if (!values->is_list()) {
    mismatch(name, *values, "[]string");
    return;
  }
  for (const Value& value : *values) {
    out.emplace_back(value.is_text() ? value.text() : std::string_view());
    if (!value.is_text() && !value.is_null()) mismatch(name, value, "string");
  }
}

void GoReader::map(std::string_view name, std::map<std::string, std::string>& out) {
  const Value* object = member(name);
  if (object == nullptr) return;
  if (!object->is_object()) {
    mismatch(name, *object, "map[string]string");
    return;
  }
  for (const Value& value : *object) {
    out[std::string(value.name())] = value.is_text() ? value.text() : std::string_view();
    if (!value.is_text() && !value.is_null()) mismatch(name, value, "string");
  }
}

}  // namespace mocksc
