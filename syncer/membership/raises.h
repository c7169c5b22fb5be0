// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/base/time.h"

namespace syncer::membership {

/// How fast the incarnation of one member may be raised by what is said of it: so slowly that the member hears of each
/// step and outbids it, and that nobody uses up the numbers. What a restart or a refutation raises it by is always
/// small.
class Raises {
 public:
  /// Whether a step of `by` is believed now. `most`: the largest one, and all small ones together within a window.
  bool allow(Instant now, std::uint64_t by, std::uint64_t most) const;
  /// It was raised by so much.
  void add(Instant now, std::uint64_t by);

 private:
  bool is_over(Instant now) const;

  Instant began_{};          ///< of the window
  std::uint64_t small_ = 0;  ///< all small steps within it
  bool leapt_ = false;       ///< the one large step of the window was made
};

}  // namespace syncer::membership
