// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/quantity.h"
#include "syncer/base/time.h"
#include "syncer/registry/driver.h"
#include "syncer/settings/settings.h"

namespace syncer::catalog {

using registry::RegistrySettings;

settings::Settings<RegistrySettings> registry_settings();
/// Checks what single settings cannot.
Result<void> validate(const RegistrySettings& settings);

/// From when a removal guard takes what expires at once for a loss, and how long it holds at most; what a registry
/// forgot is held whatever its size. See replication::LossGuardOptions.
struct GuardSettings {
  std::uint32_t minimum = 6;
  Ratio share = {1, 2};
  std::uint32_t services = 2;
  Duration hold = std::chrono::minutes(10);
};

settings::Settings<GuardSettings> guard_settings();

/// What of a CatalogConfig can change while the catalog runs.
struct CatalogSettings {
  RegistrySettings registry;
  GuardSettings guard;
  Duration hold;
};

/// What a Catalog needs to know of its node.
struct CatalogConfig {
  std::string region;
  std::string node;
  bool single = true;     ///< this region has one syncer: another canary of the region is a mistake
  registry::Kinds kinds;  ///< knows the one that the settings name
  RegistrySettings registry;
  GuardSettings guard;
  registry::MarkSeal marks = {};              ///< signs marks in the registry, where the pool has a key
  Duration hold = std::chrono::seconds(120);  ///< copies of an unreachable region are kept this long
  /// Asked before each request that changes the registry; while it says no they wait. Empty: always.
  std::function<bool(Instant)> may_write;

  /// Its instances are given to other regions, and those of other regions are held here.
  bool mirrors(const registry::ServiceKey& service) const { return !registry.excludes(service.name); }
};

/// One change of what this region exports; no payload when it is gone.
struct ExportChange {
  Bytes key;
  std::optional<Bytes> payload;
  bool operator==(const ExportChange&) const = default;
};

}  // namespace syncer::catalog
