// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/loss_wave.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::replication {
namespace {

/// A wave is over when at most this part of its founders is missing.
constexpr std::size_t kMissing = 8;

}  // namespace

LossWave::Number LossWave::found(Instant now, Instant until) {
  if (!takes_in(now)) {
    ++number_;
    until_ = until;
    founders_ = missing_ = 0;
  }
  until_ = std::max(until_, until);
  ++founders_;
  ++missing_;
  return number_;
}

void LossWave::back(Number wave) {
  if (wave == number_ && missing_ > 0) --missing_;
}

bool LossWave::takes_in(Instant now) const {
  const std::size_t some = SYNCER_MUTATED("guard.wait_for_the_last_of_a_wave") ? 0 : founders_ / kMissing;
  return missing_ > some && now < until_;
}

void LossWave::hash(StateHasher& hasher) const {
  hasher.add(static_cast<std::uint64_t>(nanos(until_)));
  hasher.add(founders_);
  hasher.add(missing_);
}

}  // namespace syncer::replication
