// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/relays.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::membership {

bool Relays::full() const { return relays_.size() >= max_ && !SYNCER_MUTATED("membership.relay_without_limit"); }

std::optional<Relay> Relays::take(std::uint32_t our_seq) {
  const auto it = std::find_if(relays_.begin(), relays_.end(), [&](const Relay& r) { return r.our_seq == our_seq; });
  if (it == relays_.end()) return std::nullopt;
  const Relay found = *it;
  relays_.erase(it);
  return found;
}

std::optional<Relay> Relays::take_expired(Instant now) {
  const auto it = std::find_if(relays_.begin(), relays_.end(), [&](const Relay& r) { return r.deadline <= now; });
  if (it == relays_.end()) return std::nullopt;
  const Relay found = *it;
  relays_.erase(it);
  return found;
}

Instant Relays::next_deadline() const {
  Instant next = kNever;
  for (const Relay& r : relays_) next = std::min(next, r.deadline);
  return next;
}

void Relays::hash(StateHasher& h) const {
  for (const Relay& r : relays_) {
    h.add(r.our_seq);
    h.add(r.their_seq);
    h.add(static_cast<std::uint64_t>(nanos(r.deadline)));
  }
}

}  // namespace syncer::membership
