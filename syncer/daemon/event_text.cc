// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/event_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "syncer/registry/record.h"

namespace syncer::daemon {
namespace {

using nlohmann::ordered_json;

std::string json_text(std::string_view text) {
  return ordered_json(text).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

bool needs_quotes(std::string_view text) {
  const auto odd = [](char c) { return c == '"' || c == '=' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
  return text.empty() || std::any_of(text.begin(), text.end(), odd);
}

/// Keys of records travel as octets; people read names.
std::string readable(const Field& field) {
  const bool record = field.key == "key" && registry::decode_key(field.text);
  return record ? registry::readable_key(field.text) : std::string(field.text);
}

}  // namespace

std::string event_as_text(std::string_view name, std::string_view message, std::span<const Field> fields) {
  std::string out(name);
  if (!message.empty()) out.append(": ").append(message);
  for (const Field& field : fields) {
    out.append(" ").append(field.key).append("=");
    if (field.is_number) {
      out += std::to_string(field.number);
    } else {
      const std::string text = readable(field);
      out += needs_quotes(text) ? json_text(text) : text;
    }
  }
  return out;
}

std::string event_as_json(std::string_view name, std::string_view message, std::span<const Field> fields) {
  std::string out = "\"event\":" + json_text(name);
  if (!message.empty()) out += ",\"message\":" + json_text(message);
  for (const Field& field : fields) {
    out += "," + json_text(field.key) + ":" +
           (field.is_number ? std::to_string(field.number) : json_text(readable(field)));
  }
  return out;
}

Severity log_severity(EventKind kind, Severity severity) {
  switch (kind) {
    case EventKind::EntryAppended:
    case EventKind::EntryApplied:
    case EventKind::Exported:
    case EventKind::Unexported:
    case EventKind::CopyRegistered:
    case EventKind::CopyUpdated:
    case EventKind::CopyRemoved:
      return std::min(severity, Severity::Debug);
    default:
      return severity;
  }
}

}  // namespace syncer::daemon
