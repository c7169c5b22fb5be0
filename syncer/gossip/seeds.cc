// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/seeds.h"

#include <algorithm>

namespace syncer::gossip {

void GossipSeeds::assign(Instant now, const std::vector<Endpoint>& seeds, const Endpoint& self) {
  std::vector<Seed> next;
  for (const Endpoint& address : seeds) {
    const bool twice = std::any_of(next.begin(), next.end(), [&](const Seed& s) { return s.address == address; });
    if (address == self || twice) continue;
    const Seed* known = find(address);
    next.push_back(known != nullptr ? *known : Seed{address, now, min_});
  }
  seeds_ = std::move(next);
}

GossipSeeds::Seed* GossipSeeds::find(const Endpoint& address) {
  const auto it = std::find_if(seeds_.begin(), seeds_.end(), [&](const Seed& s) { return s.address == address; });
  return it == seeds_.end() ? nullptr : &*it;
}

void GossipSeeds::wake(Instant now) {
  for (Seed& s : seeds_) {
    s.wait = min_;
    s.next = std::min(s.next, now);
  }
}

void GossipSeeds::wait_longer(Instant now, Seed& s) {
  // Half fixed, half random: many nodes that lost the same seed do not come back together.
  s.next = now + s.wait / 2 + random_.between(Duration::zero(), s.wait / 2);
  s.wait = std::min(2 * s.wait, max_);
  s.asked = false;
}

void GossipSeeds::answered(Instant now, const Endpoint& seed) {
  Seed* s = find(seed);
  if (s == nullptr) return;
  s->answered = true;
  wait_longer(now, *s);  // still alone after an answer: it was ourselves behind another address
}

void GossipSeeds::failed(Instant now, const Endpoint& seed) {
  if (Seed* s = find(seed)) wait_longer(now, *s);
}

Instant GossipSeeds::next_deadline() const {
  Instant next = kNever;
  for (const Seed& s : seeds_) {
    if (wanted(s)) next = std::min(next, s.next);
  }
  return next;
}

void GossipSeeds::hash(StateHasher& h) const {
  for (const Seed& s : seeds_) {
    h.add(ByteView(to_string(s.address)));
    h.add(static_cast<std::uint64_t>(nanos(s.next)));
    h.add((s.answered ? 1U : 0U) + (s.asked ? 2U : 0U));
  }
}

}  // namespace syncer::gossip
