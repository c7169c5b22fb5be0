// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/servicecenter/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace syncer::registry::servicecenter {
namespace {

void append(Bytes& out, const json::Value& value);

void append_list(Bytes& out, const json::Value& list) {
  out.push_back('[');
  for (const json::Value& element : list) {
    if (out.back() != '[') out.push_back(',');
    append(out, element);
  }
  out.push_back(']');
}

void append_object(Bytes& out, const json::Value& object) {
  std::vector<const json::Value*> members;
  for (const json::Value& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->name() < b->name(); });
  out.push_back('{');
  for (const json::Value* member : members) {
    if (member != members.front()) out.push_back(',');
    append_quoted(out, member->name());
    out.push_back(':');
    append(out, *member);
  }
  out.push_back('}');
}

void append(Bytes& out, const json::Value& value) {
  if (value.is_object())
    append_object(out, value);
  else if (value.is_list())
    append_list(out, value);
  else if (value.is_text())
    append_quoted(out, value.text());
  else
    out.append(value.text());
}

}  // namespace

Bytes canonical_text(const json::Value& value) {
  Bytes out;
  append(out, value);
  return out;
}

void append_quoted(Bytes& out, ByteView text) {
  const bool is_plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (is_plain)
    out.append(1, '"').append(text).append(1, '"');
  else
    out.append(nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Bytes quoted(ByteView text) {
  Bytes out;
  append_quoted(out, text);
  return out;
}

Members members_of(const json::Value& object, std::initializer_list<ByteView> without) {
  Members members;
  if (!object.is_object()) return members;
  for (const json::Value& value : object) {
    if (std::find(without.begin(), without.end(), value.name()) != without.end()) continue;
    members.insert_or_assign(Bytes(value.name()), canonical_text(value));
  }
  return members;
}

Bytes object_text(const Members& members) {
  Bytes out = "{";
  for (const auto& [name, text] : members) {
    if (out.size() > 1) out.push_back(',');
    append_quoted(out, name);
    out.append(1, ':').append(text);
  }
  return out.append(1, '}');
}

Bytes properties_text(const Properties& properties) {
  Bytes out = "{";
  for (const auto& [name, value] : properties) {
    if (out.size() > 1) out.push_back(',');
    append_quoted(out, name);
    out.push_back(':');
    append_quoted(out, value);
  }
  return out.append(1, '}');
}

Bytes list_text(const std::vector<std::string>& texts) {
  Bytes out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out.push_back(',');
    append_quoted(out, text);
  }
  return out.append(1, ']');
}

const json::Value* member(const json::Value& object, ByteView name) {
  const json::Value* found = object.find(name);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<std::string> text_member(const json::Value& object, ByteView name) {
  const json::Value* value = member(object, name);
  if (value == nullptr) return std::string();
  if (!value->is_text()) return std::nullopt;
  return std::string(value->text());
}

std::optional<Properties> properties_member(const json::Value& object, ByteView name) {
  Properties properties;
  const json::Value* value = member(object, name);
  if (value == nullptr) return properties;
  if (!value->is_object()) return std::nullopt;
  for (const json::Value& property : *value) {
    if (!property.is_text()) return std::nullopt;
    properties.emplace(property.name(), property.text());
  }
  return properties;
}

std::optional<std::vector<std::string>> texts_member(const json::Value& object, ByteView name) {
  std::vector<std::string> texts;
  const json::Value* value = member(object, name);
  if (value == nullptr) return texts;
  if (!value->is_list()) return std::nullopt;
  for (const json::Value& text : *value) {
    if (!text.is_text()) return std::nullopt;
    texts.emplace_back(text.text());
  }
  return texts;
}

}  // namespace syncer::registry::servicecenter
