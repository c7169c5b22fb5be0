// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/time.h"

namespace syncer::replication {

/// Whose removals a guard judges: those that we tell, or those that we are told.
enum class GuardSide : std::uint8_t { Sender, Receiver };

/// What the next leader must know of a removal guard of the one before. Instants are of this process.
struct GuardMark {
  GuardSide side = GuardSide::Sender;
  std::string region;  ///< whose instances these are
  bool frozen = false;
  Instant since{};             ///< from when the hold time runs, while frozen
  std::uint64_t baseline = 0;  ///< entries it froze at
  std::uint64_t held = 0;      ///< removals it holds
  std::uint64_t released = 0;  ///< removals that an operator let go, and that may not have happened yet
  Instant released_at{};
  bool operator==(const GuardMark&) const = default;
};

}  // namespace syncer::replication
