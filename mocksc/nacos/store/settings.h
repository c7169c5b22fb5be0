// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mocksc/nacos/store/options.h"

namespace mocksc::nacos {

/// Sets options by the names that a real server has for them, and "user" and "password", with which authentication is
/// on. Invalid for a name or value that it does not know.
syncer::Result<void> apply(const std::vector<std::pair<std::string, std::string>>& settings, Options& options);

}  // namespace mocksc::nacos
