// SPDX-License-Identifier: Apache-2.0
#include "syncer/json/document.h"

#include <nlohmann/json.hpp>

#include "syncer/json/plain_reader.h"

namespace syncer::json {
namespace {

constexpr int kMaxDepth = 64;

/// Counts brackets outside of texts: whoever walks over a value recurses, so depth is bounded before it is built.
bool is_shallow(ByteView text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '{' || c == '[')) {
      if (++depth > kMaxDepth) return false;
    } else if (!in_text && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return true;
}

Type type_of(const nlohmann::json& value) {
  if (value.is_object()) return Type::Object;
  if (value.is_array()) return Type::List;
  if (value.is_string()) return Type::Text;
  if (value.is_number()) return Type::Number;
  return value.is_boolean() ? Type::Boolean : Type::Null;
}

void append(Builder& out, ByteView name, const nlohmann::json& value) {
  if (value.is_string()) {
    out.add(Type::Text, name, out.keep(value.get<std::string>()));
    return;
  }
  if (!value.is_structured()) {
    out.add(type_of(value), name, out.keep(value.dump()));
    return;
  }
  const std::size_t place = out.add(type_of(value), name);
  for (const auto& [key, element] : value.items()) {
    append(out, value.is_object() ? out.keep(key) : ByteView(), element);
  }
  out.close(place);
}

}  // namespace

std::optional<Document> Document::parse(ByteView text) {
  Builder values;
  if (read_plain(text, values)) return Document(std::move(values));
  if (!is_shallow(text)) return std::nullopt;
  const auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  values.clear();
  append(values, {}, value);
  return Document(std::move(values));
}

}  // namespace syncer::json
