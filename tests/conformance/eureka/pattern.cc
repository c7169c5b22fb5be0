// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/eureka/pattern.h"

#include <optional>
#include <regex>
#include <vector>

#include "mocksc/eureka/xml.h"

namespace mocksc::conformance {
namespace {

using nlohmann::json;

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

json as_json(const eureka::XmlElement& element) {
  json out = {{"name", element.name}, {"attributes", element.attributes}, {"text", trimmed(element.text)}};
  out["elements"] = json::array();
  for (const eureka::XmlElement& inner : element.elements) out["elements"].push_back(as_json(inner));
  return out;
}

/// A document as a tree; nothing for plain text. Numbers that are symbols stand without quotes in what was recorded.
std::optional<json> tree_of(const std::string& text) {
  static const std::regex bare(R"(([:\[,])(\{\{\w+\}\}))");
  if (text.starts_with('<')) {
    const auto element = eureka::read_xml(text);
    return element ? std::optional(as_json(*element)) : std::nullopt;
  }
  json document = json::parse(std::regex_replace(text, bare, "$1\"$2\""), nullptr, false);
  return document.is_discarded() ? std::nullopt : std::optional(std::move(document));
}

std::string text_of(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

}  // namespace

std::string Pattern::fill(const std::string& text, std::int64_t fresh) {
  static const std::regex symbol(R"(\{\{\w+\}\})");
  std::string out;
  auto last = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), symbol); it != std::sregex_iterator(); ++it) {
    out.append(last, it->prefix().second);
    out += bound_.try_emplace(it->str(), std::to_string(fresh)).first->second;
    last = it->suffix().first;
  }
  return out.append(last, text.cend());
}

bool Pattern::matches(const std::string& recorded, const std::string& actual) {
  Bound bound = bound_;
  const auto wanted = tree_of(recorded);
  const auto seen = tree_of(actual);
  const bool equal = wanted && seen ? same(*wanted, *seen, bound) : same_text(recorded, actual, bound);
  if (equal) bound_ = std::move(bound);
  return equal;
}

bool Pattern::same_text(const std::string& recorded, const std::string& actual, Bound& bound) {
  static const std::regex whole(R"(\{\{(\w+)\}\})");
  std::smatch symbol;
  if (!std::regex_match(recorded, symbol, whole)) return recorded == actual;
  const std::string name = symbol[1];
  const bool is_any = name.find_first_of("0123456789") == std::string::npos;
  return is_any || bound.try_emplace(recorded, actual).first->second == actual;
}

bool Pattern::same(const json& recorded, const json& actual, Bound& bound) {
  if (recorded.is_array()) return actual.is_array() && same_lists(recorded, actual, bound);
  if (!recorded.is_object()) {
    const bool is_symbol = recorded.is_string() && recorded.get_ref<const std::string&>().starts_with("{{");
    if (!is_symbol && recorded.type() != actual.type() && !(recorded.is_number() && actual.is_number())) return false;
    return !actual.is_structured() && same_text(text_of(recorded), text_of(actual), bound);
  }
  if (!actual.is_object() || actual.size() != recorded.size()) return false;
  for (const auto& [name, value] : recorded.items()) {
    if (!actual.contains(name) || !same(value, actual[name], bound)) return false;
  }
  return true;
}

bool Pattern::same_lists(const json& recorded, const json& actual, Bound& bound) {
  if (recorded.size() != actual.size()) return false;
  std::vector<bool> taken(actual.size(), false);
  for (const json& wanted : recorded) {
    bool found = false;
    for (std::size_t i = 0; i < actual.size() && !found; ++i) {
      Bound tried = bound;
      if (taken[i] || !same(wanted, actual[i], tried)) continue;
      taken[i] = found = true;
      bound = std::move(tried);
    }
    if (!found) return false;
  }
  return true;
}

}  // namespace mocksc::conformance
