// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/waiting_copies.h"

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

void explain_waiting(const Regions& regions, std::vector<std::string>& out, std::size_t limit) {
  std::size_t left_out = 0;
  for (const auto& [region, remote] : regions.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (copy.at_rest() || copy.is_failing()) continue;
      if (out.size() < limit)
        out.push_back(why_waiting(region, key, copy));
      else
        ++left_out;
    }
  }
  if (left_out > 0) out.push_back("and " + std::to_string(left_out) + " copies more");
}

std::vector<std::string> explain_failures(const Regions& regions, std::vector<std::string> problems,
                                          std::size_t limit) {
  std::vector<std::string> all = std::move(problems);
  for (const auto& [region, remote] : regions.all()) {
    for (const Bytes& key : remote.failing) {
      const auto copy = remote.desired.find(key);
      if (copy != remote.desired.end() && copy->second.is_failing())
        all.push_back(why_waiting(region, key, copy->second));
    }
  }
  if (all.size() <= limit) return all;
  const std::size_t left_out = all.size() - limit;
  all.resize(limit);
  all.push_back("and " + std::to_string(left_out) + " more");
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
