// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "sim/host/fabric.h"

namespace sim::host {

class World;

/// Scripted actions that wait for their time.
using Actions = engine::Slab<std::function<void(World&)>>;

/// Hash of the octets that an event carries, 0 when it carries none.
std::uint64_t payload_hash(Fabric& fabric, const engine::QueuedEvent& event);

/// Lets one event happen. False when it was out of date and nothing happened.
bool dispatch(Fabric& fabric, Actions& actions, World& world, const engine::QueuedEvent& event);

}  // namespace sim::host
