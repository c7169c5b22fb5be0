// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/property/raft/cluster.h"

namespace syncer::raft::property {

/// What a run of random faults ended with.
struct Outcome {
  std::optional<std::string> violation;
  std::uint64_t digest = 0;
  Index committed = 0;
};

/// The options a seed stands for: flags on and off, one, two or many entries a message, short logs.
Options options_of(std::uint64_t seed);

/// `span` of simulated time under random crashes, cuts, losses and late messages, then calm: the group must agree on
/// everything and commit again. Broken assertions of the core count as violations.
Outcome run_chaos(std::size_t voters, std::uint64_t seed, Duration span = std::chrono::seconds(20));

}  // namespace syncer::raft::property
