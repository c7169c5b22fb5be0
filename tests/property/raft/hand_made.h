// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/property/raft/scenarios.h"

namespace syncer::raft::property {

/// Situations that a correct leader never produces, so that no run of a whole group shows a follower's mistake in them.

/// An append that ends inside a longer log of another term: acknowledges and commits no further than it reaches.
Broken append_proves_too_much(std::uint64_t seed);
/// A snapshot of which the log holds more: nothing above it may go.
Broken snapshot_discards_a_tail(std::uint64_t seed);

}  // namespace syncer::raft::property
