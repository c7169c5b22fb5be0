// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/property/raft/scenarios.h"

namespace syncer::raft::property {

/// A power cut at every byte of every write: the store opens without an operator, holds everything that was
/// reported durable and nothing that was never written (V1, V2).
Broken power_cut_is_refused(std::uint64_t seed);
/// One bit of anything synced flips: refused, or opened with unaltered content (V3).
Broken flipped_bit_is_taken(std::uint64_t seed);
/// One sector of anything synced reads as zeros, or one file is gone.
Broken lost_sector_is_taken(std::uint64_t seed);
/// One file is replaced by what it was some writes ago.
Broken stale_file_is_taken(std::uint64_t seed);
/// Sectors of an append that was never synced arrive in any combination: only a prefix of its records may be kept.
Broken reordered_sectors_are_taken(std::uint64_t seed);

}  // namespace syncer::raft::property
