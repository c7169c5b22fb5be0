// SPDX-License-Identifier: Apache-2.0
#include "sim/report/trace_difference.h"

#include <algorithm>

#include "sim/report/summary.h"

namespace sim::report {
namespace {

std::vector<std::string> part(const std::vector<std::string>& lines, std::size_t from, std::size_t to) {
  const auto at = [&](std::size_t i) { return lines.begin() + static_cast<std::ptrdiff_t>(std::min(i, lines.size())); };
  return {at(from), at(to)};
}

std::string value_text(std::int64_t value, bool is_time) {
  return is_time ? brief(Duration(value)) : std::to_string(value);
}

std::string change_text(const Moved& m) {
  if (m.first == 0) return "";
  const std::int64_t percent = (m.second - m.first) * 100 / m.first;
  return "  (" + std::string(percent > 0 ? "+" : "") + std::to_string(percent) + " %)";
}

}  // namespace

std::optional<TraceDifference> difference(const std::vector<std::string>& first, const std::vector<std::string>& second,
                                          std::size_t context) {
  const auto parted = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  if (parted.first == first.end() && parted.second == second.end()) return std::nullopt;
  const auto common = static_cast<std::size_t>(parted.first - first.begin());
  return TraceDifference{common, part(first, common - std::min(common, context), common),
                         part(first, common, common + context), part(second, common, common + context)};
}

std::string to_text(const TraceDifference& d) {
  std::string text = std::to_string(d.common) + " events are equal, then they part:\n";
  for (const std::string& line : d.before) text += "  " + line + "\n";
  for (const std::string& line : d.first) text += "- " + line + "\n";
  if (d.first.empty()) text += "- (the end)\n";
  for (const std::string& line : d.second) text += "+ " + line + "\n";
  if (d.second.empty()) text += "+ (the end)\n";
  return text;
}

std::string to_text(const std::vector<Moved>& all) {
  std::size_t width = 0;
  for (const Moved& m : all) width = std::max(width, m.what.size());
  std::string text;
  for (const Moved& m : all) {
    text += "  " + m.what + std::string(width - m.what.size() + 2, ' ') + value_text(m.first, m.is_time) + " -> " +
            value_text(m.second, m.is_time) + change_text(m) + "\n";
  }
  return text;
}

}  // namespace sim::report
