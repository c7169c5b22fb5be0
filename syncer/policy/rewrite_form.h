// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "syncer/policy/form.h"

namespace syncer::policy {

/// Reads the list of rewritings. Refuses names that two would be shown under, and blocks of different sizes.
Result<std::vector<Rewrite>> read_rewrites(const Cursor& at);

}  // namespace syncer::policy
