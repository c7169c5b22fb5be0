// SPDX-License-Identifier: Apache-2.0
#include "syncer/settings/settings.h"

#include <algorithm>

#include "syncer/base/nearest.h"

namespace syncer::settings {
namespace {

constexpr std::size_t kLongestName = 128;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

constexpr const char* kControls = "holds a line break or another control character";

/// Texts go into headers and lines.
bool has_controls(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

tl::unexpected<Error> refuse_value(std::string_view text, std::string_view why) {
  return failure(ErrorCode::Invalid, "", "\"" + std::string(text) + "\" " + std::string(why));
}

/// The parts between commas; an empty text has none.
std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!trimmed(text).empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace

tl::unexpected<Error> refuse(std::string_view key, std::string detail) {
  return failure(ErrorCode::Invalid, std::string(key), std::move(detail));
}

Error unknown_key(std::string_view key, const std::vector<std::string_view>& known) {
  return {ErrorCode::Invalid, std::string(key), "unknown key" + did_you_mean(key, known)};
}

std::string show_texts(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ",") + part;
  return joined;
}

Result<std::string> parse_name(std::string_view text) {
  const bool fits = !text.empty() && text.size() <= kLongestName;
  const bool clean = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c > ' ' && c <= '~' && c != ',' && c != '/' && c != '"'; });
  if (!fits || !clean) return refuse_value(text, "is not usable as a name");
  return std::string(text);
}

Result<std::vector<Endpoint>> parse_endpoints(std::string_view text) {
  std::vector<Endpoint> endpoints;
  for (const std::string& part : split_list(text)) {
    const Result<Endpoint> endpoint = parse_endpoint(part);
    if (!endpoint) return tl::unexpected<Error>(endpoint.error());
    endpoints.push_back(*endpoint);
  }
  return endpoints;
}

std::string show_endpoints(const std::vector<Endpoint>& endpoints) {
  std::vector<std::string> texts;
  for (const Endpoint& e : endpoints) texts.push_back(to_string(e));
  return show_texts(texts);
}

Result<std::string> parse_text(std::string_view text) {
  if (trimmed(text).empty()) return refuse_value(text, "is empty");
  if (has_controls(trimmed(text))) return refuse_value(text, kControls);
  return std::string(trimmed(text));
}

Result<std::vector<std::string>> parse_texts(std::string_view text) {
  std::vector<std::string> parts = split_list(text);
  const bool holes = std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); });
  if (parts.empty() || holes) return refuse_value(text, "is empty or has an empty part");
  if (std::any_of(parts.begin(), parts.end(), has_controls)) return refuse_value(text, kControls);
  return parts;
}

Result<Duration> parse_positive(std::string_view text) {
  const Result<Duration> value = parse_duration(text);
  if (value && *value <= Duration::zero()) return refuse_value(text, "is not above zero");
  return value;
}

Result<bool> parse_switch(std::string_view text) {
  if (text == "on" || text == "true") return true;
  if (text == "off" || text == "false") return false;
  return refuse_value(text, "is neither on nor off");
}

std::string show_switch(bool on) { return on ? "on" : "off"; }

Result<std::uint64_t> parse_between(std::string_view text, std::uint64_t min, std::uint64_t max) {
  const Result<std::uint64_t> value = parse_number(text, max);
  if (!value || *value < min) {
    return refuse_value(text, "is not within " + std::to_string(min) + " to " + std::to_string(max));
  }
  return value;
}

}  // namespace syncer::settings
