// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace syncer::registry {
namespace {

constexpr int kMaxDepth = 64;

/// Counts brackets outside of texts: writing and destroying a value recurse, so depth is bounded before it is built.
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

}  // namespace

std::optional<nlohmann::json> parse_json(ByteView text) {
  if (!is_shallow(text)) return std::nullopt;
  auto value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

Bytes canonical_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_quoted(Bytes& out, const std::string& text) {
  const bool is_plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (is_plain)
    out.append(1, '"').append(text).append(1, '"');
  else
    out.append(canonical_text(text));
}

const nlohmann::json* member(const nlohmann::json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> text_member(const nlohmann::json& object, const char* name) {
  const auto* value = member(object, name);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return std::nullopt;
  return value->get_ref<const std::string&>();
}

std::optional<Properties> properties_member(const nlohmann::json& object, const char* name) {
  Properties properties;
  const auto* value = member(object, name);
  if (value == nullptr) return properties;
  if (!value->is_object()) return std::nullopt;
  for (const auto& [key, text] : value->items()) {
    if (!text.is_string()) return std::nullopt;
    properties.emplace(key, text.get_ref<const std::string&>());
  }
  return properties;
}

std::optional<std::vector<std::string>> texts_member(const nlohmann::json& object, const char* name) {
  std::vector<std::string> texts;
  const auto* value = member(object, name);
  if (value == nullptr) return texts;
  if (!value->is_array()) return std::nullopt;
  for (const auto& text : *value) {
    if (!text.is_string()) return std::nullopt;
    texts.push_back(text.get_ref<const std::string&>());
  }
  return texts;
}

}  // namespace syncer::registry
