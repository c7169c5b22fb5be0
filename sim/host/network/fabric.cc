// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/fabric.h"

#include "sim/host/process/node_host.h"
#include "sim/host/registry/registry_host.h"

namespace sim::host {

Fabric::Fabric() = default;
Fabric::~Fabric() = default;

}  // namespace sim::host
