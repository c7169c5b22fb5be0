// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/registry/kinds.h"

namespace sim::host {

/// "nacos": Nacos servers that agree, with applications that beat as SDKs of 1.x do.
RegistryKind nacos_kind();

}  // namespace sim::host
