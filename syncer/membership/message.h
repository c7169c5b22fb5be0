// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "syncer/base/bytes.h"
#include "syncer/base/endpoint.h"

namespace syncer::membership {

// The messages of the gossip pool (memberlist net.go). Names and octets are borrowed from the packet they came in: a
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

/// `node` is there. `versions` has six octets; fewer mean "unchanged" (old peers).
struct Alive {
  std::uint64_t incarnation = 0;
  std::string_view node;
  Endpoint address;
  ByteView meta;
  ByteView versions;
};

/// Octets of the layer above.
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
