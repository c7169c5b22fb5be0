// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/ids.h"

namespace syncer {

/// Neither part of an epoch reaches this; it is far below where sums wrap around.
inline constexpr std::uint64_t kEpochPartEnd = std::uint64_t{1} << 62U;
/// What a region may gain between two of its words that are heard. A generation is one loss of all disks, a term is one
/// start or election: a process that dies every five seconds needs four days for that many.
inline constexpr std::uint64_t kMaxGenerationLeap = 256;
inline constexpr std::uint64_t kMaxTermLeap = 65536;

/// An epoch that a region can have. Whatever comes from outside is held against this before it is used.
bool in_bounds(Epoch epoch);

/// Further beyond `known` than a region comes by itself. Terms may begin anew with a generation.
bool leaps_beyond(Epoch known, Epoch next);

}  // namespace syncer
