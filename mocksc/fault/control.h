// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "mocksc/fault/fault_layer.h"

namespace mocksc {

/// True for targets under /mock: they steer the mock and are no part of the registry's API.
bool is_control(std::string_view target);

/// Answers a request under /mock; never subject to faults. GET /mock explains all of it.
syncer::HttpResponse control(FaultLayer& registry, syncer::Instant now, const syncer::HttpRequest& request);

}  // namespace mocksc
