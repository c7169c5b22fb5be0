// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/quantity.h"
#include "syncer/node/settings.h"

namespace syncer::node {

// The forms a setting's value may have. Each makes a Setting from a path of member pointers below NodeConfig, e.g.
// positive<&NodeConfig::sync, &peering::SyncSettings::heartbeat>("sync.heartbeat", "…").

inline constexpr std::string_view kDurationForm = "a duration such as \"250ms\"";
inline constexpr std::string_view kPositiveForm = "a duration above zero such as \"250ms\"";
inline constexpr std::string_view kNumberForm = "a whole number";

/// "a, b" without blanks around the parts; an empty text has none.
std::vector<std::string> split_list(std::string_view text);
std::string join_list(const std::vector<std::string>& parts);
/// A name that fits into messages, paths of logs and marks: 1 to 128 printable ASCII characters, no blank, comma or
/// slash.
Result<std::string> parse_name(std::string_view text);
Result<std::vector<Endpoint>> parse_endpoints(std::string_view text);
std::string show_endpoints(const std::vector<Endpoint>& endpoints);
Result<Mode> parse_mode(std::string_view text);
std::string show_mode(Mode mode);
/// A text of at least one character.
Result<std::string> parse_text(std::string_view text);
/// A list of at least one text.
Result<std::vector<std::string>> parse_texts(std::string_view text);
/// A duration longer than zero.
Result<Duration> parse_positive(std::string_view text);
/// "on" or "off"; "true" and "false" mean the same, as a file may say it in JSON.
Result<bool> parse_switch(std::string_view text);
std::string show_switch(bool on);
/// A decimal number of at least `min`.
Result<std::uint64_t> parse_between(std::string_view text, std::uint64_t min, std::uint64_t max);

namespace forms {

template <auto... Path>
auto& field(NodeConfig& config) {
  return (config.*....*Path);
}

template <auto... Path>
const auto& field(const NodeConfig& config) {
  return (config.*....*Path);
}

template <class Value, class Target>
Result<void> store(Result<Value> value, Target& target) {
  if (!value) return tl::unexpected<Error>(value.error());
  target = static_cast<Target>(std::move(*value));
  return {};
}

}  // namespace forms

template <auto... Path>
Setting duration(std::string_view key, std::string_view about) {
  return {key, kDurationForm, about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_duration(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return to_string(forms::field<Path...>(c)); }};
}

template <auto... Path>
Setting positive(std::string_view key, std::string_view about) {
  return {key, kPositiveForm, about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_positive(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return to_string(forms::field<Path...>(c)); }};
}

template <std::uint64_t Min, std::uint64_t Max, auto... Path>
Setting number(std::string_view key, std::string_view about) {
  return {key, kNumberForm, about,
          [](NodeConfig& c, std::string_view v) {
            return forms::store(parse_between(v, Min, Max), forms::field<Path...>(c));
          },
          [](const NodeConfig& c) { return std::to_string(forms::field<Path...>(c)); }};
}

template <auto... Path>
Setting ratio(std::string_view key, std::string_view about) {
  return {key, "a share such as \"15%\" or \"1/8\"", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_ratio(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return to_string(forms::field<Path...>(c)); }};
}

template <auto... Path>
Setting name(std::string_view key, std::string_view about) {
  return {key, "a name of at most 128 printable characters without blank, comma or slash", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_name(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return forms::field<Path...>(c); }};
}

template <auto... Path>
Setting text(std::string_view key, std::string_view about) {
  return {key, "a text", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_text(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return forms::field<Path...>(c); }};
}

template <auto... Path>
Setting optional_text(std::string_view key, std::string_view about) {
  return {key, "a text, or nothing", about,
          [](NodeConfig& c, std::string_view v) {
            return forms::store(Result<std::string>(std::string(v)), forms::field<Path...>(c));
          },
          [](const NodeConfig& c) { return forms::field<Path...>(c); }};
}

template <auto... Path>
Setting texts(std::string_view key, std::string_view about) {
  return {key, "one or more texts, comma-separated", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_texts(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return join_list(forms::field<Path...>(c)); }};
}

template <auto... Path>
Setting endpoint(std::string_view key, std::string_view about) {
  return {key, "an address such as \"10.0.0.10:30190\"", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_endpoint(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return to_string(forms::field<Path...>(c)); }};
}

template <auto... Path>
Setting endpoints(std::string_view key, std::string_view about) {
  return {key, "addresses such as \"10.0.0.10:30190\", comma-separated", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_endpoints(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return show_endpoints(forms::field<Path...>(c)); }};
}

template <auto... Path>
Setting mode(std::string_view key, std::string_view about) {
  return {key, "\"single\" or \"cluster\"", about,
          [](NodeConfig& c, std::string_view v) { return forms::store(parse_mode(v), forms::field<Path...>(c)); },
          [](const NodeConfig& c) { return show_mode(forms::field<Path...>(c)); }};
}

}  // namespace syncer::node
