// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/bytes.h"
#include "syncer/base/result.h"

namespace syncer::store {

/// Whole content of a file that holds a secret. Invalid when somebody else than its owner may read or write it;
/// NotFound when there is none; TooLarge over `limit`.
Result<Bytes> read_secret_file(const std::string& path, std::size_t limit);

}  // namespace syncer::store
