// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace syncer::replication {

/// Why a removal is let go, or held.
enum class GuardRule : std::uint8_t {
  Ordinary,     ///< let go: nothing speaks against it
  Replaced,     ///< let go: another entry has its place
  HoldPassed,   ///< let go: its application had the time of its lease to come back
  Operator,     ///< let go by an operator
  Unproven,     ///< held: the registry cannot be proven healthy now
  MemoryLost,   ///< held: the registry forgot, or went back in time, after it last showed the entry
  MassExpiry,   ///< held: so much of the region expired at once that its network is to be suspected
  MassOrphaned  ///< held: a new epoch of its region lacks so much of it
};
inline constexpr std::size_t kGuardRules = 8;
/// As logs and metrics name it: "memory-lost".
std::string_view name(GuardRule rule);
/// What is wrong is the registry, and not what it shows.
bool is_trouble(GuardRule rule);

}  // namespace syncer::replication
