// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "syncer/node/settings.h"

namespace syncer::node {

/// The profile of the pool's timing, and each value that can be set on top of it.
std::vector<Setting> gossip_settings();

}  // namespace syncer::node
