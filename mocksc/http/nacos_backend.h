// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mocksc/http/backend.h"

namespace mocksc {

/// "nacos": Nacos servers that agree, one on each address.
syncer::Result<std::unique_ptr<Backend>> make_nacos_backend(ServerOptions options);

}  // namespace mocksc
