// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "mocksc/fault/store.h"
#include "mocksc/http/backend.h"

namespace mocksc {

/// A registry of any kind that speaks plain HTTP.
std::unique_ptr<Backend> make_layer_backend(const ServerOptions& options, std::unique_ptr<Store> store);

}  // namespace mocksc
