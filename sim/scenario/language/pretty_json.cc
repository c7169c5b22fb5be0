// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/language/pretty_json.h"

#include <nlohmann/json.hpp>

namespace sim::scenario {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kWidth = 110;

std::string key_of(const ordered_json& value, const ordered_json::const_iterator& item) {
  return value.is_object() ? ordered_json(item.key()).dump() + ": " : "";
}

std::string one_line(const ordered_json& value) {
  if (!value.is_structured() || value.empty()) return value.dump();
  std::string text = value.is_object() ? "{ " : "[";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ", ";
    text += key_of(value, item) + one_line(*item);
  }
  return text + (value.is_object() ? " }" : "]");
}

std::string lines(const ordered_json& value, std::size_t indent, bool break_always) {
  const std::string flat = one_line(value);
  const bool fits = indent + flat.size() <= kWidth && !break_always;
  if (fits || !value.is_structured() || value.empty()) return flat;
  const std::string margin(indent, ' ');
  std::string text = value.is_object() ? "{\n" : "[\n";
  for (auto item = value.begin(); item != value.end(); ++item) {
    if (item != value.begin()) text += ",\n";
    text += margin + "  " + key_of(value, item) + lines(*item, indent + 2, false);
  }
  return text + "\n" + margin + (value.is_object() ? "}" : "]");
}

}  // namespace

std::string pretty(const ordered_json& value) { return lines(value, 0, true) + "\n"; }

std::string pretty_line(const ordered_json& value) { return one_line(value); }

}  // namespace sim::scenario
