// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace sim::fault {

/// What a crash leaves of bytes that were not yet reported stored. What was reported is always kept, except by Wipe.
enum class DiskFate : std::uint8_t {
  Keep,          ///< everything written (the process died, the machine did not)
  LoseUnsynced,  ///< nothing of it (power cut)
  Tear,          ///< a prefix of it: whole writes in order, then possibly part of an append
  Wipe,          ///< the disk is empty
};

/// The calls of a node at which it can be made to die.
enum class CallKind : std::uint8_t { RegistryWrite, DiskWrite };

/// What a fuzz peer sends.
enum class FuzzKind : std::uint8_t {
  Noise,     ///< random bytes
  Nonsense,  ///< well-formed messages without sense, in plain
  Sealed,    ///< the same, sealed with the key of the pool
};

/// What a hostile peer does. It speaks the real protocols well; only what it says is a lie.
enum class HostileDeed : std::uint8_t {
  Silence,    ///< opens connections to all ports and says nothing
  Drip,       ///< the same, and says the first bytes of each protocol one by one
  Hello,      ///< says that it writes for a region, and no more
  Heartbeat,  ///< that, and that it is at some epoch, without ever showing a record
  Records,    ///< publishes records as that region's
  Welcome,    ///< is a member of that region, and tells dialers which epoch of theirs it knows
  Redirect,   ///< is a member of that region, and sends dialers elsewhere
  Name,       ///< says that the nodes' names are its own, and answers to them
  Term,       ///< is a voter of that region, and leads in some term
  Append,     ///< the same, and appends what nobody can read
  List,       ///< is a voter of that region, and announces a list that lacks the nodes
  Snapshot,   ///< is a voter of that region, leads, and installs a state with other voters
  Reassign,   ///< the same, and appends that the slot of each voter is another disk's
  Raise,      ///< the same, and appends a generation
  Transfer,   ///< is a voter of that region, and wants the leadership
  Found,      ///< is a member of that region, and offers each node the slot of a group that it made up
  Crowd,      ///< opens connections to the cluster port, and has another name on each
  Tags,       ///< says that each node said other tags, at its own address, under numbers far above its own
  Storm,      ///< says whatever the protocols can carry, to everybody, on every port
};

/// What a relay makes of the regions whose records it passes on.
enum class RelayLie : std::uint8_t {
  Alters,        ///< all their instances are elsewhere
  Invents,       ///< whom it gives a whole set gets an instance more
  KeepsTheDead,  ///< speaks for those that say nothing any more
  Repeats,       ///< says nothing of them but one and the same word
  NeverEnds,     ///< says that they live, and begins transfers that come to no end
};

}  // namespace sim::fault
