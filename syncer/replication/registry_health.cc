// SPDX-License-Identifier: Apache-2.0
#include "syncer/replication/registry_health.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::replication {

RegistryHealth::News RegistryHealth::look(Instant now, const Proof& proof) {
  if (proof.checked_at < checked_at_) return News::Old;
  checked_at_ = proof.checked_at;
  const bool was_healthy = std::exchange(healthy_, proof.healthy || SYNCER_MUTATED("guard.trust_a_sick_registry"));
  const bool is_first = !std::exchange(was_looked_at_, true);
  if (!healthy_) {
    if (was_healthy || is_first) trouble_since_ = now;
    return News::Sick;
  }
  if (was_healthy && proof.continuous_since > canary_since_) trouble_since_ = now;
  if (proof.continuous_since > canary_since_) {
    former_from_ = continuous_since_;
    former_until_ = proven_until_;
  }
  proven_until_ = proof.checked_at;
  canary_since_ = proof.continuous_since;
  continuous_since_ = memory_since();
  if (was_healthy) return News::Healthy;
  healthy_since_ = proof.checked_at;
  return News::Recovered;
}

/// Since the canary was registered, or longer if an older entry outlived the canary's break: since that one is known.
/// If the canary before was still there then, since the memory is known to last as that one showed.
Instant RegistryHealth::memory_since() const {
  Instant since = canary_since_;
  if (witness_until_ >= canary_since_ && !SYNCER_MUTATED("guard.ignore_witnesses")) {
    SYNCER_SOMETIMES(witness_from_ < since, "replication.witness_proves_the_memory");
    since = std::min(since, witness_from_);
    const bool overlap = witness_from_ <= former_until_ && !SYNCER_MUTATED("guard.forget_the_canary_before");
    if (overlap) since = std::min(since, former_from_);
  }
  return std::max(since, went_back_at_);
}

void RegistryHealth::went_back(Instant now) {
  if (SYNCER_MUTATED("guard.ignore_a_restored_backup")) return;
  went_back_at_ = trouble_since_ = now;
  continuous_since_ = memory_since();
}

bool RegistryHealth::witness(Instant from, Instant until) {
  if (until < witness_until_) return false;
  witness_from_ = until > witness_until_ ? from : std::min(witness_from_, from);
  witness_until_ = until;
  const Instant before = std::exchange(continuous_since_, memory_since());
  return continuous_since_ < before;
}

void RegistryHealth::hash(StateHasher& hasher) const {
  for (const Instant t : {checked_at_, healthy_since_, proven_until_, canary_since_, continuous_since_, went_back_at_,
                          former_from_, former_until_, witness_from_, witness_until_, trouble_since_}) {
    hasher.add(static_cast<std::uint64_t>(nanos(t)));
  }
  hasher.add((healthy_ ? 1U : 0U) | (was_looked_at_ ? 2U : 0U));
}

}  // namespace syncer::replication
