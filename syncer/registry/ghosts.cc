// SPDX-License-Identifier: Apache-2.0
#include "syncer/registry/ghosts.h"

#include <algorithm>
#include <chrono>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::registry {

void Ghosts::bury(Instant now, const EntryId& ref, const Entry& entry) {
  expire(now);
  const Instant until = saturating_add(now, std::max<Duration>(time_, entry.lease + std::chrono::seconds(1)));
  const auto grave = buried_.try_emplace(ref, Grave{entry.registration, now, until}).first;
  if (grave->second.registration != entry.registration) grave->second = {entry.registration, now, until};
  in_time_.erase({grave->second.until, ref});
  grave->second.until = until;
  in_time_.insert({until, ref});
}

bool Ghosts::is_ghost(Instant now, const EntryId& ref, const std::string& registration) {
  expire(now);
  const auto grave = buried_.find(ref);
  if (grave == buried_.end()) return false;
  SYNCER_SOMETIMES(grave->second.registration == registration, "registry.ghost_shows");
  return grave->second.registration == registration;
}

std::optional<Duration> Ghosts::gone_for(Instant now, const EntryId& ref) const {
  const auto grave = buried_.find(ref);
  return grave == buried_.end() ? std::nullopt : std::optional(now - grave->second.since);
}

void Ghosts::expire(Instant now) {
  if (SYNCER_MUTATED("registry.remember_ghosts_for_ever")) return;
  while (!in_time_.empty() && in_time_.begin()->first < now) {
    const auto grave = buried_.find(in_time_.begin()->second);
    if (grave != buried_.end() && grave->second.until == in_time_.begin()->first) buried_.erase(grave);
    in_time_.erase(in_time_.begin());
  }
}

}  // namespace syncer::registry
