// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/waiting_copies.h"

#include <utility>

#include "syncer/registry/marks.h"
#include "syncer/registry/record.h"

namespace syncer::catalog {
namespace {

/// Refused, or failed again and again: needs somebody, while all else only needs time.
bool is_failing(const DesiredCopy& copy) {
  constexpr std::uint32_t kStubborn = 3;
  return !copy.rejected.empty() || copy.failures >= kStubborn;
}

std::string why_waiting(const std::string& region, const Bytes& key, const DesiredCopy& copy) {
  const std::string what = "copy of " + region + ": " + registry::readable_key(key);
  if (!copy.rejected.empty()) return what + " is refused: " + copy.rejected;
  return what + (copy.waiting.empty() ? " is being written" : " waits: " + copy.waiting);
}

template <class Visit>
void for_each(const Regions& regions, bool failing, Visit visit) {
  for (const auto& [region, remote] : regions.all()) {
    for (const auto& [key, copy] : remote.desired) {
      if (!copy.at_rest() && is_failing(copy) == failing) visit(region, key, copy);
    }
  }
}

}  // namespace

void explain_waiting(const Regions& regions, std::vector<std::string>& out, std::size_t limit) {
  std::size_t left_out = 0;
  for_each(regions, false, [&](const std::string& region, const Bytes& key, const DesiredCopy& copy) {
    if (out.size() < limit)
      out.push_back(why_waiting(region, key, copy));
    else
      ++left_out;
  });
  if (left_out > 0) out.push_back("and " + std::to_string(left_out) + " copies more");
}

std::vector<std::string> explain_failures(const Regions& regions, std::vector<std::string> problems,
                                          std::size_t limit) {
  std::vector<std::string> all = std::move(problems);
  for_each(regions, true, [&](const std::string& region, const Bytes& key, const DesiredCopy& copy) {
    all.push_back(why_waiting(region, key, copy));
  });
  if (all.size() <= limit) return all;
  const std::size_t left_out = all.size() - limit;
  all.resize(limit);
  all.push_back("and " + std::to_string(left_out) + " more");
  return all;
}

std::vector<std::string> explain_cuts(const Regions& regions, std::size_t limit) {
  std::vector<std::string> all;
  for (const auto& [region, remote] : regions.all()) {
    for (const auto& [key, copy] : remote.desired) {
      for (const auto& [id, state] : copy.copies) {
        const std::string cut = state.present ? registry::marks::value(state.metadata, registry::marks::kCut) : "";
        if (cut.empty()) continue;
        all.push_back("copy of " + region + ": " + registry::readable_key(key) + " lacks " + cut);
        if (all.size() == limit) return all;
      }
    }
  }
  return all;
}

}  // namespace syncer::catalog
