// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "syncer/base/time.h"

namespace syncer::peering {

/// Exchange between regions.
struct SyncSettings {
  Duration heartbeat = std::chrono::seconds(1);
  Duration flush = std::chrono::milliseconds(20);  ///< a batch waits this long at most
  Duration connect_retry = std::chrono::seconds(1);
  Duration silence = std::chrono::seconds(5);  ///< a link that says nothing for this long is closed and dialled again
  Duration hold = std::chrono::seconds(120);   ///< copies of an unreachable region are kept this long
};

/// What a Peering is told at its birth.
struct PeeringConfig {
  std::string region;
  std::string node;
  bool single = true;  ///< this region has one syncer: another one of its name is a mistake
  SyncSettings sync;
};

}  // namespace syncer::peering
