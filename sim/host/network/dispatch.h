// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/network/fabric.h"

namespace sim::host {

/// Hash of the octets that an event carries, 0 when it carries none.
std::uint64_t payload_hash(Fabric& fabric, const engine::QueuedEvent& event);

/// Lets one event happen; all but Action, which the world keeps to itself. False when it was out of date and nothing
/// happened.
bool dispatch(Fabric& fabric, const engine::QueuedEvent& event);

}  // namespace sim::host
