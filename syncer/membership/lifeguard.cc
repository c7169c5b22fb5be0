// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/lifeguard.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::membership {

Suspicion::Suspicion(std::string_view from, const SuspicionStart& start, Instant now)
    : expected_(start.expected), min_(start.min), max_(start.max), started_(now), deadline_(now + start.initial) {
  accusers_.emplace_back(from);
}

bool Suspicion::confirm(std::string_view from, Instant now) {
  if (confirmations() >= expected_) return false;
  const bool known = std::find(accusers_.begin(), accusers_.end(), from) != accusers_.end();
  SYNCER_SOMETIMES(known, "membership.same_accuser_again");
  SYNCER_SOMETIMES(!known, "membership.another_accuser");
  if (known && !SYNCER_MUTATED("membership.count_same_accuser_twice")) return false;
  accusers_.emplace_back(from);
  const Duration left = remaining_suspicion(confirmations(), expected_, now - started_, min_, max_);
  deadline_ = now + std::max(left, Duration::zero());
  return true;
}

void Suspicion::hash(StateHasher& h) const {
  h.add(static_cast<std::uint64_t>(nanos(started_)));
  h.add(static_cast<std::uint64_t>(nanos(deadline_)));
  if (defence_) h.add(defence_->incarnation);
  for (const std::string& accuser : accusers_) h.add(ByteView(accuser));
}

}  // namespace syncer::membership
