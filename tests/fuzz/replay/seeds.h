// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "syncer/base/bytes.h"

namespace fuzz {

/// Valid and hostile bytes to begin with: every hexadecimal text of the wire data below SYNCER_CONFORMANCE_DIR, and a
/// few of our own.
std::vector<syncer::Bytes> seeds();

}  // namespace fuzz
