// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/registry/kinds.h"

namespace sim::host {

/// The in-memory kind of registry (tests/support/memory_registry.h) as a registry of a simulated world. Its faults are
/// outages; restoring older data is not among its talents, so it says so.
RegistryKind memory_kind();

}  // namespace sim::host
