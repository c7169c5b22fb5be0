// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "sim/scenario/values/values.h"

namespace sim::scenario {

/// What a stranger sends: random octets; well-formed messages without sense; the same, sealed with the pool's key.
enum class FuzzKind : std::uint8_t { Noise, Nonsense, Sealed };

/// Somebody with an address of his own sends what makes no sense to nodes `who`, as datagrams and over streams to both
/// ports. Ends after `for`, or with "settle".
struct FuzzPeer {
  Selector who;
  FuzzKind what = FuzzKind::Noise;
  Rate rate{std::chrono::milliseconds(20)};
  std::uint32_t strangers = 16;
  bool impersonate = false;
  std::optional<Duration> for_;
  bool operator==(const FuzzPeer&) const = default;
};

}  // namespace sim::scenario
