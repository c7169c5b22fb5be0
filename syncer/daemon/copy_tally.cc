// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/copy_tally.h"

#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::daemon {
namespace {

constexpr Duration kPause = std::chrono::seconds(1);
/// Regions that are named in one line.
constexpr std::size_t kMostNamed = 5;

void add(std::string& text, const char* sign, std::uint64_t count) {
  if (count > 0) text += std::string(" ") + sign + std::to_string(count);
}

}  // namespace

void CopyTally::count(const Event& event) {
  std::uint64_t Counts::*field = nullptr;
  if (event.kind == EventKind::CopyRegistered) field = &Counts::registered;
  if (event.kind == EventKind::CopyUpdated) field = &Counts::updated;
  if (event.kind == EventKind::CopyRemoved) field = &Counts::removed;
  if (field == nullptr) return;
  if (due_ == kNever) due_ = event.at + kPause;
  ++(counts_[std::string(event.text("region"))].*field);
}

std::optional<CopyTally::ByRegion> CopyTally::take(Instant now) {
  if (counts_.empty() || (now < due_ && !SYNCER_MUTATED("daemon.a_line_for_each_copy"))) return std::nullopt;
  due_ = kNever;
  return std::exchange(counts_, {});
}

std::string to_string(const CopyTally::ByRegion& counts) {
  std::string text;
  std::size_t named = 0;
  for (const auto& [region, of_region] : counts) {
    if (named++ == kMostNamed) return text + " and " + std::to_string(counts.size() - kMostNamed) + " more";
    text += (text.empty() ? "" : ", ") + region;
    add(text, "+", of_region.registered);
    add(text, "~", of_region.updated);
    add(text, "-", of_region.removed);
  }
  return text;
}

CopyTally::Counts total(const CopyTally::ByRegion& counts) {
  CopyTally::Counts sum;
  for (const auto& [region, of_region] : counts) {
    sum.registered += of_region.registered;
    sum.updated += of_region.updated;
    sum.removed += of_region.removed;
  }
  return sum;
}

}  // namespace syncer::daemon
