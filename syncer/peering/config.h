// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "syncer/base/time.h"
#include "syncer/settings/settings.h"

namespace syncer::peering {

/// Exchange between regions.
struct SyncSettings {
  Duration heartbeat = std::chrono::seconds(1);
  Duration flush = std::chrono::milliseconds(20);  ///< a batch waits this long at most
  Duration connect_retry = std::chrono::seconds(1);
  Duration silence = std::chrono::seconds(5);  ///< a link that says nothing for this long is closed and dialled again
  Duration hold = std::chrono::seconds(120);   ///< copies of an unreachable region are kept this long
};

settings::Settings<SyncSettings> sync_settings();
/// Checks what single settings cannot: combinations that make no sense.
Result<void> validate(const SyncSettings& settings);

/// What a Peering needs to know of its node.
struct PeeringConfig {
  std::string region;
  std::string node;
  bool single = true;  ///< this region has one syncer: another one of its name is a mistake
  SyncSettings sync;
};

}  // namespace syncer::peering
