// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/registry/kinds.h"

namespace sim::host {

/// "eureka": Netflix's Eureka, as mocksc imitates it; its addresses are peers. Without lags it has no read-only cache
/// and no self-preservation, evicts each 2 s and tells its peers at once; with them it is as Spring Cloud ships it.
/// Release "2.0.3" is Netflix's own: after a start without a peer it refuses lists for 5 min.
RegistryKind eureka_kind();

}  // namespace sim::host
