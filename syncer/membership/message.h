// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"

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

/// Longest metadata of a member, in bytes.
inline constexpr std::size_t kMaxMeta = 512;

// The messages of the gossip pool (memberlist net.go). Names and bytes are borrowed from the packet they came in: a
// message lives as long as the call it is passed to.

/// "Are you there?" A source port of 0 means that the sender did not say where to answer.
struct Ping {
  std::uint32_t seq = 0;
  std::string_view node;
  Endpoint source;
  std::string_view source_node;
};

/// "Please ping that member for me", and say so when it keeps silent, if `nack`.
struct IndirectPing {
  std::uint32_t seq = 0;
  Endpoint target;
  std::string_view node;
  bool nack = false;
  Endpoint source;
  std::string_view source_node;
};

/// Answer to a ping, perhaps through a relay.
struct Ack {
  std::uint32_t seq = 0;
  ByteView payload;
};

/// The relay is well, but the target did not answer it.
struct Nack {
  std::uint32_t seq = 0;
};

/// `from` got no answer from `node`.
struct Suspect {
  std::uint64_t incarnation = 0;
  std::string_view node;
  std::string_view from;
};

/// `from` gave up on `node`; a member that names itself leaves.
struct Dead {
  std::uint64_t incarnation = 0;
  std::string_view node;
  std::string_view from;
};

/// `node` is there. `versions` has six bytes; fewer mean "unchanged" (old peers).
struct Alive {
  std::uint64_t incarnation = 0;
  std::string_view node;
  Endpoint address;
  ByteView meta;
  ByteView versions;
};

/// Bytes of the layer above.
struct User {
  ByteView payload;
};

using Message = std::variant<Ping, IndirectPing, Ack, Nack, Suspect, Alive, Dead, User>;

/// One member in a state exchange. `state` as it came: an unknown number is skipped by the receiver.
struct Entry {
  std::string_view name;
  Endpoint address;
  ByteView meta;
  std::uint64_t incarnation = 0;
  std::int64_t state = 0;
  ByteView versions;
};

}  // namespace syncer::membership
