// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "syncer/base/bytes.h"

namespace fuzz {

/// Valid inputs of the formats that the conformance data does not hold, each laid out as its target reads it.
std::set<syncer::Bytes> own_seeds();

}  // namespace fuzz
