// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/ghosts.h"

namespace syncer::registry {

void Ghosts::bury(Instant now, const EntryId& ref, const std::string& registration) {
  expire(now);
  const Instant until = saturating_add(now, time_);
  buried_.insert_or_assign(ref, Grave{registration, until});
  in_time_.emplace_back(until, ref);
}

bool Ghosts::is_ghost(Instant now, const EntryId& ref, const std::string& registration) {
  expire(now);
  const auto grave = buried_.find(ref);
  if (grave == buried_.end()) return false;
  return grave->second.registration == registration;
}

void Ghosts::expire(Instant now) {
  while (!in_time_.empty() && in_time_.front().first < now) {
    const auto grave = buried_.find(in_time_.front().second);
    if (grave != buried_.end() && grave->second.until == in_time_.front().first) buried_.erase(grave);
    in_time_.pop_front();
  }
}

}  // namespace syncer::registry
