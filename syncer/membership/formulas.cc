// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/formulas.h"

#include <algorithm>
#include <cmath>

namespace syncer::membership {

namespace {

double seconds_of(Duration d) {
  const auto ns = d.count();
  return static_cast<double>(ns / 1000000000) + static_cast<double>(ns % 1000000000) / 1e9;
}

}  // namespace

Duration suspicion_timeout(int mult, std::size_t n, Duration interval) {
  const double scale = std::max(1.0, std::log10(std::max(1.0, static_cast<double>(n))));
  const auto permille = static_cast<std::int64_t>(scale * 1000);
  return Duration(mult * permille * interval.count() / 1000);
}

SuspicionStart suspicion_start(int mult, int max_mult, std::size_t n, Duration interval) {
  int expected = mult - 2;
  if (static_cast<std::int64_t>(n) - 2 < expected) expected = 0;
  const Duration min = suspicion_timeout(mult, n, interval);
  const Duration max = max_mult * min;
  return {expected, min, max, expected >= 1 ? max : min};
}

Duration remaining_suspicion(int confirmations, int expected, Duration elapsed, Duration min, Duration max) {
  const double share =
      std::log(static_cast<double>(confirmations) + 1.0) / std::log(static_cast<double>(expected) + 1.0);
  const double raw = seconds_of(max) - share * (seconds_of(max) - seconds_of(min));
  const Duration total = std::chrono::milliseconds(static_cast<std::int64_t>(std::floor(1000.0 * raw)));
  return std::max(total, min) - elapsed;
}

int retransmit_limit(int mult, std::size_t n) {
  return mult * static_cast<int>(std::ceil(std::log10(static_cast<double>(n + 1))));
}

Duration push_pull_interval(Duration interval, std::size_t n) {
  if (n <= 32) return interval;
  const double steps = std::ceil(std::log2(static_cast<double>(n)) - std::log2(32.0)) + 1.0;
  return static_cast<std::int64_t>(steps) * interval;
}

int probe_health_delta(bool acked, int nacks_expected, int nacks_received) {
  if (acked) return -1;
  if (nacks_expected == 0) return 1;
  return std::max(0, nacks_expected - nacks_received);
}

std::optional<std::uint64_t> refute_incarnation(std::uint64_t counter, std::uint64_t accused) {
  const std::uint64_t next = std::max(counter, accused) + 1;
  if (next > kMaxIncarnation) return std::nullopt;
  return next;
}

bool compatible(std::span<const VersionRange> members) {
  std::uint8_t lowest = 0;
  std::uint8_t highest = 0xff;
  for (const VersionRange& m : members) {
    if (!m.alive) continue;
    lowest = std::max(lowest, m.min);
    highest = std::min(highest, m.max);
  }
  return std::all_of(members.begin(), members.end(),
                     [&](const VersionRange& m) { return m.current >= lowest && m.current <= highest; });
}

bool valid_versions(ByteView versions) {
  if (versions.size() < 3) return true;
  const auto min = static_cast<std::uint8_t>(versions[0]);
  const auto max = static_cast<std::uint8_t>(versions[1]);
  return min > 0 && max > 0 && min <= max;
}

std::size_t broadcast_budget(std::size_t packet_budget, std::size_t packet_overhead, std::size_t own) {
  const std::size_t used = kCompoundHeader + packet_overhead + own;
  return packet_budget > used ? packet_budget - used : 0;
}

bool is_forgotten(State state, Duration age, Duration gossip_to_dead) { return is_gone(state) && age > gossip_to_dead; }

}  // namespace syncer::membership
