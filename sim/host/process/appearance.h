// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sim/fault/site.h"
#include "syncer/membership/message.h"

namespace sim::host {

class World;

// What a syncer shows, whether it is simulated or a process of its own.

/// 0 for one that does not lead, 1 for one of mode single that runs.
std::uint64_t led_term(const World& world, fault::NodeIndex n);
/// It runs and may write to its registry.
bool may_write(const World& world, fault::NodeIndex n);
/// What it holds of the member of that name; nothing when it knows none or is down.
std::optional<syncer::membership::State> member_state(const World& world, fault::NodeIndex n, std::string_view name);

}  // namespace sim::host
