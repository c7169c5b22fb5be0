// SPDX-License-Identifier: Apache-2.0
#include "sim/host/fabric.h"

#include "sim/host/node_host.h"
#include "sim/host/registry_host.h"

namespace sim::host {

Fabric::Fabric() = default;
Fabric::~Fabric() = default;

}  // namespace sim::host
