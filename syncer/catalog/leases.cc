// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/leases.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::catalog {
namespace {

constexpr std::size_t kBatch = 500;
/// Below this size a set in which something is lost is asked for one by one.
constexpr std::size_t kSmall = 16;
/// Renewals that are due within this time go along with those due now.
constexpr Duration kGather = std::chrono::seconds(5);
constexpr Duration kRetry = std::chrono::seconds(1);

Duration pace(Duration life) {
  if (SYNCER_MUTATED("catalog.fixed_heartbeat")) return std::chrono::seconds(30);
  return life / 3;
}

}  // namespace

void Leases::schedule(Table::iterator lease, Instant due) {
  if (lease->second.due != kNever) due_.erase({lease->second.due, lease});
  lease->second.due = due;
  if (due != kNever) due_.insert(due_.end(), {due, lease});  // nearly always the latest
}

void Leases::track(Instant now, const registry::InstanceRef& ref, Duration life) {
  const auto lease = leases_.try_emplace(ref).first;
  lease->second.life = life;
  lease->second.healthy = true;
  schedule(lease, now + pace(life));
}

void Leases::adopt(Instant now, const registry::InstanceRef& ref, Duration life) {
  const auto [lease, is_new] = leases_.try_emplace(ref);
  lease->second.life = life;
  if (is_new) schedule(lease, now);
}

void Leases::forget(const registry::InstanceRef& ref) {
  const auto found = leases_.find(ref);
  if (found == leases_.end()) return;
  schedule(found, kNever);
  leases_.erase(found);
}

bool Leases::is_healthy(const registry::InstanceRef& ref) const {
  const auto found = leases_.find(ref);
  return found != leases_.end() && found->second.healthy;
}

std::map<std::string, Leases::Batch> Leases::take_due(Instant now) {
  std::map<std::string, Batch> batches;
  for (auto due = due_.begin(); due != due_.end() && due->at <= now + kGather;) {
    const auto& [ref, lease] = *due->lease;
    if (due->at - lease.life / 6 > now) {
      ++due;
      continue;
    }
    batches[ref.project].push_back(ref);
    due->lease->second.due = kNever;
    due = due_.erase(due);
  }
  return batches;
}

void Leases::advance(Instant now) {
  if (now < next_deadline()) return;
  if (addresses_.down()) {
    // Whether the registry is back is the reader's business; meanwhile every call would only time out.
    while (next_deadline() <= now) schedule(due_.begin()->lease, now + kRetry);
    return;
  }
  for (auto& [project, batch] : take_due(now)) {
    for (std::size_t from = 0; from < batch.size(); from += kBatch) {
      const auto size = static_cast<std::ptrdiff_t>(std::min(kBatch, batch.size() - from));
      const auto begin = batch.begin() + static_cast<std::ptrdiff_t>(from);
      renew(now, project, Batch(begin, begin + size));
    }
  }
}

void Leases::renew(Instant now, const std::string& project, Batch batch) {
  if (batch.size() == 1) return renew_one(now, batch.front());
  if (SYNCER_MUTATED("catalog.renew_one_by_one")) {
    for (const auto& ref : batch) renew_one(now, ref);
    return;
  }
  HttpRequest request = requests_.heartbeats(project, batch);
  calls_.submit(now, Urgency::Lease, std::move(request),
                [this, project, asked = std::move(batch)](Instant at, const registry::RawAnswer& raw) {
                  on_set(at, project, asked, raw);
                });
}

void Leases::renew_one(Instant now, const registry::InstanceRef& ref) {
  calls_.submit(now, Urgency::Lease, requests_.heartbeat(ref), [this, ref](Instant at, const registry::RawAnswer& raw) {
    const auto success = registry::read_success(raw);
    if (success) return conclude(at, ref, registry::Beat::Renewed);
    conclude(at, ref, success.error().code == ErrorCode::NotFound ? registry::Beat::Lost : registry::Beat::Unknown);
  });
}

void Leases::on_set(Instant now, const std::string& project, const Batch& batch, const registry::RawAnswer& raw) {
  const auto beats = registry::read_heartbeats(raw, batch);
  if (beats) {
    for (std::size_t i = 0; i < batch.size(); ++i) conclude(now, batch[i], (*beats)[i]);
    return;
  }
  const ErrorCode code = beats.error().code;
  // "Some are lost" without saying which, and "there is no such route": both end at single heartbeats.
  if (code == ErrorCode::NotFound || code == ErrorCode::Unsupported || code == ErrorCode::Refused) {
    return split(now, project, batch);
  }
  for (const auto& ref : batch) conclude(now, ref, registry::Beat::Unknown);
}

void Leases::split(Instant now, const std::string& project, const Batch& batch) {
  if (batch.size() <= kSmall) {
    for (const auto& ref : batch) renew_one(now, ref);
    return;
  }
  const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
  renew(now, project, Batch(batch.begin(), middle));
  renew(now, project, Batch(middle, batch.end()));
}

void Leases::conclude(Instant now, const registry::InstanceRef& ref, registry::Beat beat) {
  const auto found = leases_.find(ref);
  if (found == leases_.end() || found->second.due != kNever) return;  // forgotten or renewed otherwise meanwhile
  Lease& lease = found->second;
  lease.healthy = beat == registry::Beat::Renewed;
  if (beat == registry::Beat::Lost && !SYNCER_MUTATED("catalog.ignore_lost_lease")) {
    leases_.erase(found);
    lost_.push_back(ref);
    return;
  }
  const Duration retry = std::min<Duration>(kRetry, lease.life / 12);
  schedule(found, now + (beat == registry::Beat::Unknown ? retry : pace(lease.life)));
}

}  // namespace syncer::catalog
