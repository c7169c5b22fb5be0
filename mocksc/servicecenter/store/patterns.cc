// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/patterns.h"

#include <algorithm>
#include <initializer_list>

namespace mocksc::patterns {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_alnum(char c) { return is_letter(c) || is_digit(c); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v'); }

bool only(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_alnum(c) || extra.find(c) != std::string_view::npos; });
}

bool framed(std::string_view text, std::string_view extra) {
  return !text.empty() && is_alnum(text.front()) && is_alnum(text.back()) && only(text, extra);
}

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// The words, any number of times one after the other; none of them begins with another.
bool repeats(std::string_view text, std::initializer_list<std::string_view> words) {
  while (!text.empty()) {
    const auto* word = std::find_if(words.begin(), words.end(), [&](auto w) { return text.substr(0, w.size()) == w; });
    if (word == words.end()) return false;
    text.remove_prefix(word->size());
  }
  return true;
}

/// Takes one number of a version off the front.
bool take_part(std::string_view& text) {
  int value = 0;
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) {
    value = std::min(value * 10 + (text[digits] - '0'), 40000);
    ++digits;
  }
  text.remove_prefix(digits);
  return digits > 0 && value <= 32767;
}

}  // namespace

bool has_no_space(std::string_view text) { return std::none_of(text.begin(), text.end(), is_space); }
bool has_some_text(std::string_view text) { return !std::all_of(text.begin(), text.end(), is_space); }
bool is_name(std::string_view text) { return text.empty() || framed(text, "_-."); }
bool is_name_or_alias(std::string_view text) { return text.empty() || framed(text, "_-.:"); }
bool is_alias(std::string_view text) { return only(text, "_-.:"); }
bool is_simple_name(std::string_view text) { return only(text, "_.-"); }
bool is_filled_name(std::string_view text) { return !text.empty() && only(text, "_.-"); }
bool is_environment(std::string_view text) {
  return repeats(text, {"development", "testing", "acceptance", "production"});
}
bool is_register_by(std::string_view text) { return repeats(text, {"SDK", "SIDECAR", "PLATFORM"}); }
bool is_level(std::string_view text) { return one_of(text, {"FRONT", "MIDDLE", "BACK"}); }
bool is_service_status(std::string_view text) { return one_of(text, {"", "UP", "DOWN"}); }
bool is_instance_status(std::string_view text) {
  return one_of(text, {"UP", "DOWN", "STARTING", "TESTING", "OUTOFSERVICE"});
}
bool is_maybe_status(std::string_view text) { return text.empty() || is_instance_status(text); }
bool is_health_mode(std::string_view text) { return one_of(text, {"push", "pull"}); }

bool is_version(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    if (!take_part(text)) return false;
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text.remove_prefix(1);
  }
  return false;
}

bool is_version_rule(std::string_view text) {
  if (text == "latest") return true;
  if (!text.empty() && text.back() == '+') return is_version(text.substr(0, text.size() - 1));
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return is_version(text);
  return is_version(text.substr(0, dash)) && is_version(text.substr(dash + 1));
}

bool is_path(std::string_view text) { return only(text, ".,?'\\/+&;%$#=~_-@{}"); }
bool is_schema_id(std::string_view text) { return framed(text, "_-."); }
bool is_alnum_text(std::string_view text) { return only(text, ""); }
bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_letter(text.front()) && only(text, "_-.");
}

}  // namespace mocksc::patterns
