// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/catalog/config.h"
#include "syncer/registry/v4_requests.h"

namespace syncer::catalog {

/// One change of what this region tells the others; no payload when it is gone.
struct ExportChange {
  Bytes key;
  std::optional<Bytes> payload;
  bool operator==(const ExportChange&) const = default;
};

/// How long a service center may still show what was before a write: an unregistered instance is listed for about
/// 2.3 s, a registered one may be missing for 0.3 s. Within this time after an own write the write is believed, not
/// the list.
inline constexpr Duration kReadLag = std::chrono::seconds(3);

/// Deadline rules shared by the rooms: `base` doubled `attempt` times, at most `limit`.
inline Duration doubled(Duration base, std::uint32_t attempt, Duration limit) {
  for (std::uint32_t i = 0; i < attempt && base < limit; ++i) base *= 2;
  return base < limit ? base : limit;
}

}  // namespace syncer::catalog
