// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/pacing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "syncer/base/sometimes.h"

namespace syncer::peering {

void Pacing::apply(Instant now, const Peer& peer) {
  const std::optional<std::uint64_t> cap = config_.sync.link_caps.of(peer.name);
  replication::Outputs out;
  if (cap) {
    Link fresh{LinkPace(*cap), links_.traffic(peer.name).carried};
    LinkPace& pace = paced_.try_emplace(peer.name, std::move(fresh)).first->second.pace;
    pace.set_cap(*cap);
    core_.set_pace(peer.id, pace.turn_bytes(), out);
  } else if (paced_.erase(peer.name) > 0) {
    core_.set_pace(peer.id, std::nullopt, out);
  }
  carry_(now, out);
}

void Pacing::forget(std::string_view region) {
  if (const auto known = paced_.find(region); known != paced_.end()) paced_.erase(known);
}

void Pacing::advance(Instant now) {
  // What is sent may close its link, which changes nothing here.
  for (auto& [region, link] : paced_) advance(now, *peers_.find(region), link);
}

void Pacing::advance(Instant now, const Peer& peer, Link& link) {
  charge(now, peer, link);
  while (true) {
    const std::vector<replication::RegionId> waiting = core_.wanting(peer.id);
    if (waiting.empty()) return link.waiting_since.reset();
    SYNCER_SOMETIMES(waiting.size() > 1, "peering.regions_take_turns_on_a_link");
    SYNCER_SOMETIMES(!link.pace.is_free(now), "peering.records_wait_for_the_cap");
    if (!link.waiting_since) link.waiting_since = now;
    if (!link.pace.is_free(now)) return;
    const replication::RegionId origin = link.pace.turn(waiting);
    replication::Outputs out;
    core_.take_turn(peer.id, origin, out);
    // A turn may come to nothing, as that of a log passed on whose reader has it from elsewhere: it would again.
    if (out.empty()) return;
    carry_(now, out);
    link.pace.served(origin, charge(now, peer, link));
  }
}

/// What went out since it was last asked for, heartbeats and answers, too.
std::uint64_t Pacing::charge(Instant now, const Peer& peer, Link& link) {
  const std::uint64_t carried = links_.traffic(peer.name).carried;
  const std::uint64_t news = carried - std::exchange(link.charged, carried);
  link.pace.charge(now, news);
  return news;
}

Instant Pacing::next_deadline() const {
  Instant due = kNever;
  for (const auto& [region, link] : paced_) {
    if (!core_.wanting(peers_.find(region)->id).empty()) due = std::min(due, link.pace.free_at());
  }
  return due;
}

std::optional<Pacing::State> Pacing::of(std::string_view region) const {
  const auto known = paced_.find(region);
  if (known == paced_.end()) return std::nullopt;
  const Link& link = known->second;
  return State{link.pace.cap(), core_.waiting_records(peers_.find(region)->id), link.waiting_since};
}

}  // namespace syncer::peering
