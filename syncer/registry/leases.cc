// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/leases.h"

#include <algorithm>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/registry/settings.h"

namespace syncer::registry {
namespace {

/// Renewals that are due within this time go along with those due now.
constexpr Duration kGather = std::chrono::seconds(5);

Duration pace(Duration life) {
  if (SYNCER_MUTATED("catalog.fixed_heartbeat")) return std::chrono::seconds(30);
  return life / 3;
}

}  // namespace

/// Renewals that are requests of their own come apart from each other, though they began together.
Duration Leases::spread(const EntryId& ref, Duration pace) const {
  constexpr std::uint64_t kSteps = 1000;
  if (driver_.traits().renew_batch > 1) return pace;
  const auto step = static_cast<std::int64_t>(hash64(ref.id, hash64(ref.service)) % kSteps);
  return pace - pace / 10 * step / static_cast<std::int64_t>(kSteps);
}

void Leases::schedule(Table::iterator lease, Instant due) {
  if (lease->second.due != kNever) due_.erase({lease->second.due, lease});
  lease->second.due = due;
  if (due != kNever) due_.insert(due_.end(), {due, lease});  // nearly always the latest
}

void Leases::track(Instant now, const EntryId& ref, Duration life) {
  const auto lease = leases_.try_emplace(ref).first;
  lease->second.life = life;
  lease->second.healthy = true;
  lease->second.late_at = now + life / 3 * 2;
  schedule(lease, now + pace(life));
}

void Leases::adopt(Instant now, const EntryId& ref, Duration life) {
  const auto [lease, is_new] = leases_.try_emplace(ref);
  lease->second.life = life;
  if (is_new) schedule(lease, now);
}

void Leases::forget(const EntryId& ref) {
  const auto found = leases_.find(ref);
  if (found == leases_.end()) return;
  schedule(found, kNever);
  leases_.erase(found);
}

bool Leases::is_healthy(const EntryId& ref) const {
  const auto found = leases_.find(ref);
  return found != leases_.end() && found->second.healthy;
}

std::optional<Duration> Leases::age(Instant now, const EntryId& ref) const {
  const auto found = leases_.find(ref);
  if (found == leases_.end() || found->second.late_at == kNever) return std::nullopt;
  return now - (found->second.late_at - found->second.life / 3 * 2);
}

std::map<std::string, Leases::Batch> Leases::take_due(Instant now) {
  std::map<std::string, Batch> batches;
  // Each renewal that is a request of its own comes at its own time.
  const bool gathers = driver_.traits().renew_batch > 1;
  const Instant latest = gathers ? now + kGather : now;
  for (auto due = due_.begin(); due != due_.end() && due->at <= latest;) {
    const auto& [ref, lease] = *due->lease;
    const Duration early = gathers ? lease.life / 6 : Duration::zero();
    if (due->at - early > now) {
      ++due;
      continue;
    }
    batches[ref.space].push_back(ref);
    due->lease->second.due = kNever;
    due = due_.erase(due);
  }
  return batches;
}

void Leases::advance(Instant now) {
  if (now < next_deadline()) return;
  if (addresses_.down()) {
    // The next reading shows whether the registry is back; meanwhile every call would only time out.
    while (next_deadline() <= now) schedule(due_.begin()->lease, now + kLeaseRetry);
    return;
  }
  const std::size_t limit = driver_.traits().renew_batch;
  for (const auto& [space, batch] : take_due(now)) {
    for (std::size_t from = 0; from < batch.size(); from += limit) {
      const auto begin = batch.begin() + static_cast<std::ptrdiff_t>(from);
      renew(now, Batch(begin, begin + static_cast<std::ptrdiff_t>(std::min(limit, batch.size() - from))));
    }
  }
}

void Leases::renew(Instant now, const Batch& batch) {
  if (batch.size() > 1 && SYNCER_MUTATED("catalog.renew_one_by_one")) {
    for (const EntryId& entry : batch) renew(now, {entry});
    return;
  }
  driver_.renew(now, batch, [this](Instant at, const EntryId& entry, Beat beat) { conclude(at, entry, beat); });
}

void Leases::conclude(Instant now, const EntryId& ref, Beat beat) {
  const auto found = leases_.find(ref);
  if (found == leases_.end() || found->second.due != kNever) return;  // forgotten or renewed otherwise meanwhile
  Lease& lease = found->second;
  lease.healthy = beat == Beat::Renewed;
  if (lease.healthy) {
    if (now > lease.late_at) late_.push_back(ref);
    lease.late_at = now + lease.life / 3 * 2;
  }
  SYNCER_SOMETIMES(beat == Beat::Lost, "registry.lease_was_lost");
  SYNCER_SOMETIMES(beat == Beat::Unknown, "registry.renewal_without_an_answer");
  if (beat == Beat::Lost && !SYNCER_MUTATED("catalog.ignore_lost_lease")) {
    leases_.erase(found);
    lost_.push_back(ref);
    return;
  }
  const Duration retry = std::min<Duration>(kLeaseRetry, lease.life / 12);
  schedule(found, now + (beat == Beat::Unknown ? retry : spread(ref, pace(lease.life))));
}

}  // namespace syncer::registry
