// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/nacos/answer_match.h"

#include <algorithm>

namespace mocksc::nacos::conformance {
namespace {

using nlohmann::json;

/// Symbols stand for numbers without quotes too: with quotes the text is JSON.
std::string quoted_symbols(const std::string& text) {
  std::string out;
  bool is_in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_symbol = !is_in_text && text.compare(i, 2, "{{") == 0;
    const std::size_t end = is_symbol ? text.find("}}", i) : std::string::npos;
    if (end != std::string::npos) {
      out += '"' + text.substr(i, end + 2 - i) + '"';
      i = end + 1;
      continue;
    }
    if (is_in_text && text[i] == '\\') out += text[i++];
    if (text[i] == '"') is_in_text = !is_in_text;
    out += text[i];
  }
  return out;
}

std::string plain(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string address_of(const json& instance) {
  return instance.value("ip", "") + "#" + std::to_string(instance.value("port", 0)) + "#" +
         instance.value("clusterName", "");
}

bool is_instance(const json& value) { return value.is_object() && value.contains("ip") && value.contains("port"); }

void sort_instances(json& list) {
  if (list.empty() || !std::all_of(list.begin(), list.end(), is_instance)) return;
  std::sort(list.begin(), list.end(), [](const json& a, const json& b) { return address_of(a) < address_of(b); });
}

}  // namespace

bool AnswerMatch::matches(const std::string& recorded, const std::string& actual) {
  const json left = json::parse(quoted_symbols(recorded), nullptr, false);
  const json right = json::parse(actual, nullptr, false);
  if (left.is_discarded() || right.is_discarded()) return matches_text(recorded, actual);
  return matches_json(left, right);
}

bool AnswerMatch::matches_json(const json& recorded, const json& actual) {
  if (recorded.is_string()) return matches_text(recorded.get<std::string>(), plain(actual));
  if (recorded.is_array()) return actual.is_array() && matches_list(recorded, actual);
  if (!recorded.is_object()) return recorded == actual;
  if (!actual.is_object() || recorded.size() != actual.size()) return false;
  return std::all_of(recorded.items().begin(), recorded.items().end(), [&](const auto& member) {
    return actual.contains(member.key()) && matches_json(member.value(), actual.at(member.key()));
  });
}

bool AnswerMatch::matches_list(json recorded, json actual) {
  if (recorded.size() != actual.size()) return false;
  sort_instances(recorded);
  sort_instances(actual);
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    if (!matches_json(recorded[i], actual[i])) return false;
  }
  return true;
}

bool AnswerMatch::matches_text(const std::string& recorded, const std::string& actual) {
  const std::size_t begin = recorded.find("{{");
  const std::size_t end = recorded.find("}}", begin == std::string::npos ? 0 : begin);
  if (begin == std::string::npos || end == std::string::npos) return recorded == actual;
  if (actual.compare(0, begin, recorded, 0, begin) != 0) return false;
  const std::string rest = recorded.substr(end + 2);
  const std::string fixed = rest.substr(0, rest.find("{{"));
  const std::size_t stop = fixed.empty() ? actual.size() : actual.find(fixed, begin);
  if (stop == std::string::npos) return false;
  return bind(recorded.substr(begin + 2, end - begin - 2), actual.substr(begin, stop - begin)) &&
         matches_text(rest, actual.substr(stop));
}

bool AnswerMatch::bind(const std::string& symbol, const std::string& value) {
  if (value.empty()) return false;
  if (symbol == "iso" || symbol == "date" || symbol == "len") return true;
  return bound_.emplace(symbol, value).first->second == value;
}

}  // namespace mocksc::nacos::conformance
