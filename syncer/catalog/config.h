// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "syncer/base/bytes.h"
#include "syncer/base/quantity.h"
#include "syncer/base/time.h"
#include "syncer/settings/settings.h"

namespace syncer::catalog {

/// How the region's own service center is read and written.
struct RegistrySettings {
  std::vector<std::string> addresses = {"http://127.0.0.1:30100"};  ///< origins in order of preference
  std::string domain = "default";                                   ///< X-Domain-Name
  std::vector<std::string> projects = {"default"};                  ///< projects that are kept the same
  Duration poll_interval = std::chrono::seconds(1);                 ///< stretched when the registry is slow
  Duration request_timeout = std::chrono::seconds(5);
  std::uint32_t writes_per_second = 1000;  ///< ceiling on registrations, updates and removals of copies
  std::uint32_t concurrency = 16;          ///< requests under way at once
  std::string token_file;                  ///< bearer token for a registry with RBAC; empty for none
};

settings::Settings<RegistrySettings> registry_settings();
/// Checks what single settings cannot.
Result<void> validate(const RegistrySettings& settings);

/// The removal guard: more than max(minimum, share of the region) removals in `window` freeze removals, and so does
/// emptying a region of more than one instance.
struct GuardSettings {
  std::uint32_t minimum = 20;
  Ratio share = {15, 100};
  Duration window = std::chrono::seconds(60);
  Duration hold = std::chrono::minutes(10);  ///< released by itself after this, while the origin is healthy
};

settings::Settings<GuardSettings> guard_settings();

/// What a Catalog needs to know of its node.
struct CatalogConfig {
  std::string region;
  std::string node;
  bool single = true;  ///< this region has one syncer: another canary of the region is a mistake
  RegistrySettings registry;
  GuardSettings guard;
  Duration hold = std::chrono::seconds(120);  ///< copies of an unreachable region are kept this long
  /// Asked before each request that changes the registry; while it says no they wait. Empty: always.
  std::function<bool(Instant)> may_write;
};

/// One change of what this region exports; no payload when it is gone.
struct ExportChange {
  Bytes key;
  std::optional<Bytes> payload;
  bool operator==(const ExportChange&) const = default;
};

/// How long a service center may still show what was before a write: an unregistered instance is listed for about
/// 2.3 s, a registered one may be missing for 0.3 s. Within this time after an own write the write is believed, not
/// the list.
inline constexpr Duration kReadLag = std::chrono::seconds(3);

/// `base` doubled `attempt` times, at most `limit`.
inline Duration doubled(Duration base, std::uint32_t attempt, Duration limit) {
  for (std::uint32_t i = 0; i < attempt && base < limit; ++i) base *= 2;
  return base < limit ? base : limit;
}

}  // namespace syncer::catalog
