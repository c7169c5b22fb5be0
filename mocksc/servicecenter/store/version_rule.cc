// SPDX-License-Identifier: Apache-2.0
#include "mocksc/servicecenter/store/version_rule.h"

#include <algorithm>

namespace mocksc {
namespace {

int take_number(std::string_view& text) {
  int value = 0;
  while (!text.empty() && text.front() != '.') {
    value = std::min(value * 10 + (text.front() - '0'), 1'000'000);
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return value;
}

}  // namespace

int compare_versions(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const int left = take_number(a);
    const int right = take_number(b);
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

bool fits_rule(std::string_view version, std::string_view rule) {
  if (rule == "latest") return true;
  if (!rule.empty() && rule.back() == '+') return compare_versions(version, rule.substr(0, rule.size() - 1)) >= 0;
  const auto dash = rule.find('-');
  if (dash == std::string_view::npos) return compare_versions(version, rule) == 0;
  return compare_versions(version, rule.substr(0, dash)) >= 0 && compare_versions(version, rule.substr(dash + 1)) < 0;
}

}  // namespace mocksc
