// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/guard_release.h"

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

void GuardRelease::grant(Instant now, bool trouble, bool mass) {
  granted_at_ = now;
  of_trouble_ = trouble;
  of_mass_ = mass;
}

bool GuardRelease::covers(Instant now, GuardRule rule, Instant trouble_since) const {
  if (now < allowed_until_) return true;
  if (granted_at_ == Instant::min() || SYNCER_MUTATED("guard.forget_a_release")) return false;
  if (now >= saturating_add(granted_at_, lasts_)) return false;
  if (!is_trouble(rule)) return of_mass_;
  SYNCER_SOMETIMES(trouble_since > granted_at_, "replication.release_does_not_cover_the_next_loss");
  return of_trouble_ && (trouble_since <= granted_at_ || SYNCER_MUTATED("guard.release_the_next_loss_too"));
}

void GuardRelease::hash(StateHasher& hasher) const {
  for (const Instant t : {allowed_until_, granted_at_}) hasher.add(static_cast<std::uint64_t>(nanos(t)));
  hasher.add((of_trouble_ ? 1U : 0U) | (of_mass_ ? 2U : 0U));
}

}  // namespace syncer::replication
