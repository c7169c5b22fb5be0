// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mocksc/http/backend.h"

namespace mocksc {

/// A service center with its websockets. Invalid for a release that it does not know, or any setting.
syncer::Result<std::unique_ptr<Backend>> make_service_center_backend(ServerOptions options);

}  // namespace mocksc
