// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/spot_checks.h"

#include <algorithm>
#include <chrono>

namespace syncer::catalog {
namespace {

/// Where reading is cheap, less than a second passes until most of a hidden loss shows; nowhere more than a few.
constexpr std::int64_t kReadings = 3;
constexpr Duration kSlowest = std::chrono::seconds(2);

}  // namespace

void SpotChecks::advance(Instant now, Duration interval) {
  if (asking_ || now < due_) return;
  due_ = now + std::min(interval * kReadings, kSlowest);
  const std::optional<registry::EntryId> entry = draw_(random_);
  if (!entry) return;
  asking_ = true;
  driver_.confirm(now, *entry, [this, ref = *entry](Instant at, const registry::Confirmation& answer) {
    asking_ = false;
    if (answer.presence == registry::Presence::Absent) gone_(at, ref);
  });
}

}  // namespace syncer::catalog
