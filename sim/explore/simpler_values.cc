// SPDX-License-Identifier: Apache-2.0
#include "sim/explore/simpler_values.h"

#include <nlohmann/json.hpp>

#include "syncer/base/quantity.h"
#include "syncer/base/time.h"

namespace sim::explore {
namespace {

using nlohmann::ordered_json;
using syncer::Duration;

std::vector<ordered_json> simpler_numbers(std::uint64_t n) {
  std::vector<ordered_json> all;
  if (n > 1) all.emplace_back(1);
  if (n > 3) all.emplace_back(n / 2);
  return all;
}

/// To whole tens, fives, ones and tenths of seconds.
std::vector<ordered_json> rounder_times(const std::string& text) {
  std::vector<ordered_json> all;
  const auto time = syncer::parse_duration(text);
  if (!time || *time <= Duration::zero()) return all;
  for (const int tenths : {100, 50, 10, 1}) {
    const Duration step = std::chrono::milliseconds(100) * tenths;
    const Duration rounded = (*time + step / 2) / step * step;
    if (rounded == *time) return all;  // what follows is finer
    if (rounded <= Duration::zero()) continue;
    ordered_json value = syncer::to_string(rounded);
    if (all.empty() || all.back() != value) all.push_back(std::move(value));
  }
  return all;
}

std::vector<ordered_json> simpler(const ordered_json& value) {
  if (value.is_number_unsigned()) return simpler_numbers(value.get<std::uint64_t>());
  if (value.is_string()) return rounder_times(value.get<std::string>());
  return {};
}

/// Every leaf below `part`, with its place.
void collect(const ordered_json& part, const ordered_json::json_pointer& at,
             std::vector<ordered_json::json_pointer>& leaves) {
  if (!part.is_structured()) return leaves.push_back(at);
  if (part.is_array()) {
    for (std::size_t i = 0; i < part.size(); ++i) collect(part[i], at / i, leaves);
    return;
  }
  for (const auto& [key, value] : part.items()) collect(value, at / key, leaves);
}

}  // namespace

std::vector<SimplerValue> simpler_values(const std::string& scenario) {
  std::vector<SimplerValue> all;
  const ordered_json document = ordered_json::parse(scenario, nullptr, false, true);
  for (const char* section : {"workloads", "events"}) {
    if (!document.is_object() || !document.contains(section)) continue;
    std::vector<ordered_json::json_pointer> leaves;
    collect(document[section], ordered_json::json_pointer() / section, leaves);
    for (const auto& leaf : leaves) {
      for (ordered_json& value : simpler(document[leaf])) {
        ordered_json changed = document;
        changed[leaf] = std::move(value);
        all.push_back({leaf.to_string(), changed.dump()});
      }
    }
  }
  return all;
}

}  // namespace sim::explore
