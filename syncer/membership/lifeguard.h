// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/time.h"
#include "syncer/membership/formulas.h"
#include "syncer/membership/message.h"

namespace syncer::membership {

// The two state machines of Lifeguard (arXiv:1707.00788): how much we trust ourselves, and how long a suspect has to
// refute.

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

/// The running accusation of one member: how long it has to refute. Independent accusers shorten the time.
class Suspicion {
 public:
  Suspicion(std::string_view from, const SuspicionStart& start, Instant now);

  /// Counts another accuser. False when enough were counted or this one was already.
  bool confirm(std::string_view from, Instant now);

  /// What the suspect said meanwhile under a number that was too far to be believed then; the latest of it.
  struct Defence {
    std::uint64_t incarnation;
    Bytes meta;
    Bytes versions;
  };
  void hear(const Alive& account) {
    defence_ = Defence{account.incarnation, Bytes(account.meta), Bytes(account.versions)};
  }
  const std::optional<Defence>& defence() const { return defence_; }

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
  std::optional<Defence> defence_;
  std::vector<std::string> accusers_;  ///< the first is the one that started it
};

}  // namespace syncer::membership
