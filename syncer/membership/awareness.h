// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "syncer/base/time.h"

namespace syncer::membership {

/// Our own health as Lifeguard sees it: 0 is well; missed answers raise it, and what we wait for others grows with it.
class Awareness {
 public:
  /// `max` is the largest factor of scaled(), at least 1.
  explicit Awareness(int max) : max_(std::max(1, max)) {}
  void apply(int delta) { score_ = std::clamp(score_ + delta, 0, max_ - 1); }
  int score() const { return score_; }
  Duration scaled(Duration base) const { return base * (score_ + 1); }

 private:
  int max_;
  int score_ = 0;
};

}  // namespace syncer::membership
