// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "mocksc/servicecenter/fault/faulty_frontend.h"

namespace mocksc {

/// True for targets under /mock: they steer the mock and are no part of the service center's API.
bool is_control(std::string_view target);

/// Answers a request under /mock; never subject to faults. GET /mock explains all of it.
syncer::HttpResponse control(FaultyFrontend& registry, syncer::Instant now, const syncer::HttpRequest& request);

}  // namespace mocksc
