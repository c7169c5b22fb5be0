// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/time.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

/// The running accusation of one member: how long it has to refute. Independent accusers shorten the time.
class Suspicion {
 public:
  Suspicion(std::string_view from, const SuspicionStart& start, Instant now);

  /// Counts another accuser. False when enough were counted or this one was already.
  bool confirm(std::string_view from, Instant now);

  Instant deadline() const { return deadline_; }
  int confirmations() const { return static_cast<int>(accusers_.size()) - 1; }
  int expected() const { return expected_; }
  Duration min() const { return min_; }
  Duration max() const { return max_; }
  void hash(StateHasher& h) const;

 private:
  int expected_;
  Duration min_;
  Duration max_;
  Instant started_;
  Instant deadline_;
  std::vector<std::string> accusers_;  ///< the first is the one that started it
};

}  // namespace syncer::membership
