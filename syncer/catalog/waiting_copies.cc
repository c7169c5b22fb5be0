// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/waiting_copies.h"

#include <algorithm>
#include <utility>

#include "syncer/registry/marks.h"
#include "syncer/registry/record.h"

namespace syncer::catalog {
namespace {

std::string why_waiting(const std::string& region, const Bytes& key, const DesiredCopy& copy) {
  const std::string what = "copy of " + region + ": " + registry::readable_key(key);
  if (!copy.rejected.empty()) return what + " is refused: " + copy.rejected;
  return what + (copy.waiting.empty() ? " is being written" : " waits: " + copy.waiting);
}

}  // namespace

void explain_waiting(const Regions& regions, const Unsettled& unsettled, std::vector<std::string>& out,
                     std::size_t limit) {
  std::size_t left_out = 0;
  for (const auto& [region, remote] : regions.all()) {
    const auto keys = unsettled.find(region);
    if (keys == unsettled.end()) continue;
    std::size_t rest = keys->second.size();
    std::size_t failing = remote.failing.size();
    for (auto key = keys->second.begin(); key != keys->second.end() && out.size() < limit; ++key, --rest) {
      const auto copy = remote.desired.find(*key);
      if (copy == remote.desired.end() || copy->second.at_rest()) continue;
      if (!copy->second.is_failing())
        out.push_back(why_waiting(region, *key, copy->second));
      else if (failing > 0)
        --failing;
    }
    left_out += rest - std::min(rest, failing);
  }
  if (left_out > 0) out.push_back("and " + std::to_string(left_out) + " copies more");
}

std::vector<std::string> explain_failures(const Regions& regions, std::vector<std::string> problems,
                                          std::size_t limit) {
  std::vector<std::string> all = std::move(problems);
  std::size_t left_out = all.size() - std::min(all.size(), limit);
  all.resize(all.size() - left_out);
  for (const auto& [region, remote] : regions.all()) {
    std::size_t rest = remote.failing.size();
    for (auto key = remote.failing.begin(); key != remote.failing.end() && all.size() < limit; ++key, --rest) {
      const auto copy = remote.desired.find(*key);
      if (copy != remote.desired.end() && copy->second.is_failing())
        all.push_back(why_waiting(region, *key, copy->second));
    }
    left_out += rest;
  }
  if (left_out > 0) all.push_back("and " + std::to_string(left_out) + " more");
  return all;
}

std::vector<std::string> explain_cuts(const Regions& regions, std::size_t limit) {
  std::vector<std::string> all;
  for (const auto& [region, remote] : regions.all()) {
    for (const Bytes& key : remote.cut) {
      const auto copy = remote.desired.find(key);
      if (copy == remote.desired.end()) continue;
      for (const auto& [id, state] : copy->second.copies) {
        const std::string cut =
            state.present ? registry::marks::value(state.shape->metadata, registry::marks::kCut) : "";
        if (cut.empty()) continue;
        all.push_back("copy of " + region + ": " + registry::readable_key(key) + " lacks " + cut);
        if (all.size() == limit) return all;
      }
    }
  }
  return all;
}

}  // namespace syncer::catalog
