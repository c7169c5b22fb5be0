// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "mocksc/fault/fault.h"
#include "sim/fault/registry_fault.h"
#include "sim/host/registry/registry.h"

namespace sim::host {

// What the simulator says of every kind of registry, in the words of the mocks.

mocksc::Fault fault_of(const fault::RegistryFault& from);
/// What a caller at `origin` gets.
HttpReply reply_of(mocksc::Outcome outcome, const std::string& origin);

}  // namespace sim::host
