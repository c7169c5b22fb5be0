// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace syncer::membership {

/// What a member is believed to be; the values are those of the wire (memberlist state.go).
enum class State : std::uint8_t { Alive = 0, Suspect = 1, Dead = 2, Left = 3 };

/// Lower-case name, e.g. "alive".
constexpr std::string_view name(State state) {
  constexpr std::array<std::string_view, 4> kNames{"alive", "suspect", "dead", "left"};
  return kNames[static_cast<std::size_t>(state)];
}

/// Gone for good or for now: no probe, no suspicion.
constexpr bool is_gone(State state) { return state == State::Dead || state == State::Left; }

/// Protocol range of a member: min, max, current of the protocol, then the same of the application on top.
using Versions = std::array<std::uint8_t, 6>;

/// What we speak: memberlist protocols 1 to 5 in the dialect of 2, and the application range of a serf agent.
inline constexpr Versions kOwnVersions{1, 5, 2, 2, 5, 5};

/// First protocol that answers a ping over a stream.
inline constexpr std::uint8_t kStreamPingProtocol = 3;
/// First protocol that says when an indirect ping got no answer.
inline constexpr std::uint8_t kNackProtocol = 4;

/// Longest metadata of a member, in octets.
inline constexpr std::size_t kMaxMeta = 512;

}  // namespace syncer::membership
