// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/servicecenter/symbols.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <vector>

namespace mocksc::conformance {
namespace {

using nlohmann::json;
using Bindings = std::map<std::string, std::string>;

const std::regex kSymbol(R"(<(iid|rev|ts|addr|host|ip|n)(:\d+|\+)?>)");

std::string form_of(const std::string& kind) {
  if (kind == "iid") return "([0-9a-f]{32})";
  if (kind == "rev") return "([0-9a-f]{40})";
  if (kind == "ts") return "(\\d{10})";
  if (kind == "n") return "(\\d+)";
  return "([^/\"]+)";
}

std::string escape(const std::string& text) {
  static const std::regex kSpecial(R"([.+*?^$()|\[\]{}\\])");
  return std::regex_replace(text, kSpecial, R"(\$&)");
}

/// The regular expression of a recorded text, and the symbols of its groups in order.
std::string pattern_of(const std::string& recorded, const Bindings& bound, std::vector<std::string>& symbols) {
  std::string pattern;
  std::size_t from = 0;
  for (std::sregex_iterator it(recorded.begin(), recorded.end(), kSymbol), end; it != end; ++it) {
    const auto at = static_cast<std::size_t>(it->position());
    pattern += escape(recorded.substr(from, at - from));
    const auto known = bound.find(it->str());
    pattern += known != bound.end() ? "(" + escape(known->second) + ")" : form_of((*it)[1]);
    symbols.push_back(it->str());
    from = at + static_cast<std::size_t>(it->length());
  }
  return pattern + escape(recorded.substr(from));
}

bool match_text(const std::string& recorded, const std::string& actual, Bindings& bound) {
  if (recorded.find('<') == std::string::npos) return recorded == actual;
  std::vector<std::string> symbols;
  const std::string pattern = pattern_of(recorded, bound, symbols);
  if (symbols.empty()) return recorded == actual;
  std::smatch match;
  if (!std::regex_match(actual, match, std::regex(pattern))) return false;
  for (std::size_t i = 0; i < symbols.size(); ++i) {
    const bool is_numbered = symbols[i].find(':') != std::string::npos;
    if (!is_numbered) continue;
    const auto [slot, is_new] = bound.emplace(symbols[i], match[i + 1]);
    if (!is_new && slot->second != match[i + 1].str()) return false;
  }
  return true;
}

bool match_json(const json& recorded, const json& actual, Bindings& bound);

bool match_in_order(const json& recorded, const json& actual, Bindings& bound) {
  Bindings tried = bound;
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    if (!match_json(recorded[i], actual[i], tried)) return false;
  }
  bound = std::move(tried);
  return true;
}

bool match_lists(const json& recorded, const json& actual, Bindings& bound) {
  if (recorded.size() != actual.size()) return false;
  if (match_in_order(recorded, actual, bound)) return true;
  if (!std::all_of(recorded.begin(), recorded.end(), [](const json& one) { return one.is_object(); })) return false;
  std::vector<bool> used(actual.size());
  for (const json& one : recorded) {
    std::size_t i = 0;
    for (; i < actual.size(); ++i) {
      if (used[i]) continue;
      Bindings tried = bound;
      if (!match_json(one, actual[i], tried)) continue;
      bound = std::move(tried);
      break;
    }
    if (i == actual.size()) return false;
    used[i] = true;
  }
  return true;
}

bool match_objects(const json& recorded, const json& actual, Bindings& bound) {
  if (recorded.size() != actual.size()) return false;
  return std::all_of(recorded.items().begin(), recorded.items().end(), [&](const auto& member) {
    return actual.contains(member.key()) && match_json(member.value(), actual[member.key()], bound);
  });
}

bool match_json(const json& recorded, const json& actual, Bindings& bound) {
  if (recorded == "<n>") return actual.is_number();
  if (recorded.type() != actual.type() && !(recorded.is_number() && actual.is_number())) return false;
  if (recorded.is_object()) return match_objects(recorded, actual, bound);
  if (recorded.is_array()) return match_lists(recorded, actual, bound);
  if (recorded.is_string()) return match_text(recorded.get<std::string>(), actual.get<std::string>(), bound);
  return recorded == actual;
}

}  // namespace

std::string quote_numbers(const std::string& text) {
  static const std::regex kNumber(R"(([:\[,])<n>)");
  return std::regex_replace(text, kNumber, "$1\"<n>\"");
}

std::string Symbols::fill(const std::string& text) const {
  std::string out;
  std::size_t from = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), kSymbol), end; it != end; ++it) {
    const auto at = static_cast<std::size_t>(it->position());
    const auto known = bound_.find(it->str());
    out += text.substr(from, at - from) + (known == bound_.end() ? it->str() : known->second);
    from = at + static_cast<std::size_t>(it->length());
  }
  return out + text.substr(from);
}

bool Symbols::matches(const std::string& recorded, const std::string& actual) {
  Bindings tried = bound_;
  if (!match_text(recorded, actual, tried)) return false;
  bound_ = std::move(tried);
  return true;
}

bool Symbols::matches_json(const std::string& recorded, const std::string& actual) {
  const bool ends_alike = recorded.empty() == actual.empty() && (recorded.empty() || recorded.back() == actual.back());
  const json want = json::parse(quote_numbers(recorded), nullptr, false);
  const json have = json::parse(actual, nullptr, false);
  if (want.is_discarded() || have.is_discarded()) return matches(recorded, actual);
  Bindings tried = bound_;
  if (!ends_alike || !match_json(want, have, tried)) return false;
  bound_ = std::move(tried);
  return true;
}

}  // namespace mocksc::conformance
