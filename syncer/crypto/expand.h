// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "syncer/base/bytes.h"

namespace syncer::crypto {

/// Fills `out` with SHAKE128 (FIPS 202) of the parts, one after the other.
void shake128(std::span<const ByteView> parts, std::span<std::uint8_t> out);

}  // namespace syncer::crypto
