// SPDX-License-Identifier: Apache-2.0
#include "syncer/catalog/copy_failures.h"

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/registry/record.h"
#include "syncer/registry/settings.h"

namespace syncer::catalog {

void CopyFailures::note(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy,
                        const Error& error) {
  // Nobody knows what an unanswered write did: the same step is taken again, and each of them may be repeated.
  const bool passing =
      registry::is_outcome_unknown(error) || registry::is_unauthorized(error) || error.code == ErrorCode::NotFound;
  const Duration wait = (passing ? registry::kPassingWrite : registry::kRefusedWrite).wait(copy.failures++);
  copy.retry_at = now + wait + random_.between(Duration::zero(), wait / 4);
  copy.waiting = to_string(error);
  queue_.push_at(copy.retry_at, name);
  observe(observer_, now, EventKind::CopyRetried, Severity::Debug,
          {{"region", name.region}, {"reason", syncer::name(error.code)}});
  if (!passing) reject(now, name, copy);
  if (copy.is_failing()) remote.failing.insert(name.key);
}

void CopyFailures::hurry(Instant now) {
  SYNCER_SOMETIMES(rejected_ > 0, "catalog.refused_copies_are_hurried");
  for (auto& [region, remote] : regions_.all()) {
    for (const Bytes& key : remote.failing) {
      const auto copy = remote.desired.find(key);
      if (copy == remote.desired.end() || copy->second.rejected.empty()) continue;
      copy->second.failures = 0;
      copy->second.retry_at = now;
      queue_.push({region, key}, copy->second);
    }
  }
}

void CopyFailures::reject(Instant now, const CopyName& name, DesiredCopy& copy) {
  const bool is_new = copy.rejected.empty();
  copy.rejected = copy.waiting;
  if (!is_new) return;
  SYNCER_SOMETIMES(true, "catalog.copy_is_rejected");
  ++rejected_;
  observe(observer_, now, EventKind::CopyRejected, Severity::Warning,
          {{"region", name.region},
           {"key", registry::readable_key(name.key)},
           {"reason", copy.rejected},
           {"retry", to_string(copy.retry_at - now)}});
}

void CopyFailures::forget(Instant now, const CopyName& name, RemoteCopies& remote, DesiredCopy& copy) {
  copy.failures = 0;
  remote.failing.erase(name.key);
  stop_waiting(name);
  if (copy.rejected.empty()) return;
  copy.rejected.clear();
  SYNCER_SOMETIMES(true, "catalog.rejected_copy_is_accepted");
  if (!SYNCER_MUTATED("catalog.count_rejections_up_only")) --rejected_;
  observe(observer_, now, EventKind::CopyAccepted, Severity::Info,
          {{"region", name.region}, {"key", registry::readable_key(name.key)}});
}

void CopyFailures::wait_for(const registry::EntryId& place, const CopyName& name) {
  stop_waiting(name);
  places_.emplace(name, place);
  by_place_.insert({place, name});
}

void CopyFailures::stop_waiting(const CopyName& name) {
  const auto found = places_.find(name);
  if (found == places_.end()) return;
  by_place_.erase({found->second, name});
  places_.erase(found);
}

void CopyFailures::freed(Instant now, const registry::EntryId& place) {
  if (SYNCER_MUTATED("catalog.let_the_refused_wait")) return;
  for (auto it = by_place_.lower_bound({place, CopyName{}}); it != by_place_.end() && it->first == place; ++it) {
    DesiredCopy* copy = regions_.find(it->second);
    if (copy == nullptr || copy->rejected.empty()) continue;
    SYNCER_SOMETIMES(true, "catalog.refused_copy_finds_its_place_free");
    copy->failures = 0;
    copy->retry_at = now;
    queue_.push(it->second, *copy);
  }
}

}  // namespace syncer::catalog
