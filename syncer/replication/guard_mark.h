// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "syncer/base/time.h"

namespace syncer::replication {

/// Whose removals a guard judges: those that we publish, or those that another region publishes.
enum class GuardSide : std::uint8_t { Sender, Receiver };

/// For so long what a guard would hold goes after an operator let it go.
inline constexpr Duration kReleaseLasts = std::chrono::seconds(60);

/// What the next leader must know of a removal guard of the one before. Instants are of this process.
struct GuardMark {
  GuardSide side = GuardSide::Sender;
  std::string region;  ///< whose instances these are
  bool holding = false;
  Instant until{};             ///< when the last of what it holds goes, while it holds
  std::uint64_t baseline = 0;  ///< entries that lived or were held when it began to hold
  bool released = false;       ///< an operator let what it held go
  Instant released_at{};
  bool operator==(const GuardMark&) const = default;
};

}  // namespace syncer::replication
