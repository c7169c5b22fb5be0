// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/event_lines.h"

#include <nlohmann/json.hpp>

#include "syncer/base/printable.h"
#include "syncer/daemon/event_log.h"

namespace syncer::cli {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', true);
}

}  // namespace

std::vector<std::string> EventLines::feed(std::string_view bytes) {
  constexpr std::string_view kData = "data: ";
  std::vector<std::string> events;
  begun_.append(bytes);
  std::size_t end = 0;
  while ((end = begun_.find('\n')) != std::string::npos) {
    if (begun_.starts_with(kData)) events.push_back(begun_.substr(kData.size(), end - kData.size()));
    begun_.erase(0, end + 1);
  }
  return events;
}

std::string event_line(const std::string& json) {
  const ordered_json event = ordered_json::parse(json, nullptr, false);
  if (!event.is_object() || !event.contains("event")) return printable(json);
  std::vector<std::pair<std::string, std::string>> texts;
  for (const auto& [key, value] : event.items()) {
    if (key != "id" && key != "time" && key != "level" && key != "event" && key != "message") {
      texts.emplace_back(key, text_of(value));
    }
  }
  std::vector<Field> fields;
  for (const auto& [key, text] : texts) fields.emplace_back(std::string_view(key), std::string_view(text));
  const auto word = [&](const char* key) { return event.contains(key) ? text_of(event.at(key)) : std::string(); };
  const std::string level = word("level");
  return printable(word("time") + " " + level) + std::string(level.size() < 8 ? 8 - level.size() : 1, ' ') +
         daemon::event_as_text(printable(word("event")), word("message"), fields);
}

}  // namespace syncer::cli
