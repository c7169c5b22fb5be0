// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "syncer/base/bytes.h"
#include "syncer/base/time.h"
#include "syncer/membership/message.h"

namespace syncer::membership {

// memberlist's formulas (util.go, suspicion.go, state.go). The logarithms are its own, in double precision; every
// result is cut to an integer before anything is decided by it.

/// Shortest suspicion: mult * max(1, log10(n)) * interval, computed to 1/1000. `n` counts every known member.
Duration suspicion_timeout(int mult, std::size_t n, Duration interval);

/// How a suspicion starts.
struct SuspicionStart {
  int expected;  ///< confirmations that bring the time down to `min`
  Duration min;
  Duration max;
  Duration initial;
};
SuspicionStart suspicion_start(int mult, int max_mult, std::size_t n, Duration interval);

/// Time left after `confirmations` of `expected`; zero or negative means "fire now". expected >= 1.
Duration remaining_suspicion(int confirmations, int expected, Duration elapsed, Duration min, Duration max);

/// How often a broadcast is sent: mult * ceil(log10(n + 1)).
int retransmit_limit(int mult, std::size_t n);

/// Above 32 members state exchanges become rarer.
Duration push_pull_interval(Duration interval, std::size_t n);

/// Change of the health score after a probe.
int probe_health_delta(bool acked, int nacks_expected, int nacks_received);

/// Incarnation of a refutation: above our own counter and the accusation. Nothing when 32 bits cannot hold it (the
/// reference wraps to zero and would never be heard again).
std::optional<std::uint64_t> refute_incarnation(std::uint64_t counter, std::uint64_t accused);

/// Minimum, maximum and current version of one member on one of the two layers.
struct VersionRange {
  std::uint8_t min, max, current;
  bool alive = true;
};
/// The current version of every member lies in the intersection of the ranges of those that are alive
/// (verifyProtocol).
bool compatible(std::span<const VersionRange> members);

/// Versions of a member make sense, as far as they are known: no minimum of 0, no minimum above the maximum.
bool valid_versions(ByteView versions);

/// Bytes offered to the broadcast queue in a packet that carries `own` bytes (nothing: a gossip packet).
std::size_t broadcast_budget(std::size_t packet_budget, std::size_t packet_overhead, std::size_t own);

/// Dead or left for strictly longer than members gossip to the dead.
bool is_forgotten(State state, Duration age, Duration gossip_to_dead);

/// Bytes that a packet of several parts needs besides them: a type and a count, then a length each.
inline constexpr std::size_t kCompoundHeader = 2;
inline constexpr std::size_t kCompoundPartHeader = 2;
/// Most parts of one packet.
inline constexpr std::size_t kMaxParts = 255;
/// Largest incarnation that the wire carries.
inline constexpr std::uint64_t kMaxIncarnation = 0xffffffffU;

}  // namespace syncer::membership
