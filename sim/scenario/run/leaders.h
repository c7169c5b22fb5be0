// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/scenario/run/cast.h"

namespace sim::host {
class World;
}

namespace sim::scenario {

/// Whether a node leads its region now: a running one of mode single does; of those of a cluster the one that holds the
/// highest term as its leader (a deposed one may not know yet).
bool leads(const host::World& world, const Cast& cast, NodeIndex node);

/// Tells resolve() who leads.
Leads leads_in(const host::World& world, const Cast& cast);

}  // namespace sim::scenario
