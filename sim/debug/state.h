// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/host/world.h"

namespace sim::debug {

/// A node's process and, while it runs, all that its status says; read only.
nlohmann::json node_state(const host::World& world, host::NodeIndex node);

/// What a registry holds, by service and id, and whether a fault is on; read only.
nlohmann::json registry_state(const host::World& world, host::RegistryIndex registry);

}  // namespace sim::debug
