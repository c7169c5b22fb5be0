// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace syncer::cli {

/// The manual page syncer.json(5): every key with its form, default, flag and variable.
std::string settings_page(const std::string& version);

}  // namespace syncer::cli
