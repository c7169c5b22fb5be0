// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/copies.h"

#include <algorithm>

#include "syncer/catalog/exporter.h"

namespace syncer::catalog {

bool Origin::any_present() const {
  return std::any_of(copies.begin(), copies.end(), [](const auto& entry) { return entry.second.present; });
}

bool Origin::at_rest() const { return parked.empty() && waiting.empty() && !busy && !queued && failures == 0; }

RemoteCopies::RemoteCopies(const GuardSettings& settings, Instant now)
    : away_since(now), guard(guard_options(settings)) {}

Bytes origin_key(const registry::ServiceKey& service, const std::string& instance) {
  return encode_key(registry::RecordKey{registry::RecordKind::Instance, service, instance});
}

}  // namespace syncer::catalog
