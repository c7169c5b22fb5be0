// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mocksc/http/backend.h"

namespace mocksc {

/// Eureka servers, one for each address, that are peers. Release "4.1.3" is Spring Cloud's as shipped, "2.0.3"
/// Netflix's own. Invalid for another release or setting.
syncer::Result<std::unique_ptr<Backend>> make_eureka_backend(ServerOptions options);

}  // namespace mocksc
