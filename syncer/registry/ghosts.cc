// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/ghosts.h"

#include <algorithm>
#include <chrono>

namespace syncer::registry {

void Ghosts::bury(Instant now, const EntryId& ref, const Entry& entry) {
  expire(now);
  const Instant until = saturating_add(now, std::max<Duration>(time_, entry.lease + std::chrono::seconds(1)));
  buried_.insert_or_assign(ref, Grave{entry.registration, until});
  in_time_.insert({until, ref});
}

bool Ghosts::is_ghost(Instant now, const EntryId& ref, const std::string& registration) {
  expire(now);
  const auto grave = buried_.find(ref);
  if (grave == buried_.end()) return false;
  return grave->second.registration == registration;
}

void Ghosts::expire(Instant now) {
  while (!in_time_.empty() && in_time_.begin()->first < now) {
    const auto grave = buried_.find(in_time_.begin()->second);
    if (grave != buried_.end() && grave->second.until == in_time_.begin()->first) buried_.erase(grave);
    in_time_.erase(in_time_.begin());
  }
}

}  // namespace syncer::registry
