// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/servicecenter/fault/faulty_frontend.h"
#include "sim/host/registry/kinds.h"

namespace sim::host {

/// "servicecenter": Apache ServiceComb's registry with its v4 API, as mocksc imitates it.
RegistryKind service_center_kind();

/// The mock behind a registry of that kind, for tests that look into it.
mocksc::FaultyFrontend& front_of(Registry& registry);

}  // namespace sim::host
