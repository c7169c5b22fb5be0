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

}  // namespace sim::fault
