// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/process/process.h"
#include "syncer/ports/observer.h"

namespace sim::real {

/// What a syncer shows of itself by its events since its process began: whom it takes for alive, and whether it leads.
void follow(host::Appearance& shown, const syncer::Event& event);

}  // namespace sim::real
