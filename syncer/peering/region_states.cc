// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/region_states.h"

#include <algorithm>
#include <variant>

#include "syncer/base/mutation.h"

namespace syncer::peering {

RegionState RegionStates::of(const Peer& peer, Instant now) const {
  const bool connected = (peer.in || !peer.via.empty()) && now - peer.writer.last_heard() <= config_.sync.silence;
  return {connected, is_complete(peer), core_.origin_healthy(peer.id)};
}

bool RegionStates::is_complete(const Peer& peer) const {
  const replication::Replica* replica = core_.replica(peer.id);
  return replica != nullptr && replica->consistent();
}

void RegionStates::note(std::string_view neighbour, const wire::SyncMessage& message) {
  const auto* passed = std::get_if<wire::Passed>(&message);
  note(passed == nullptr ? neighbour : passed->region);
}

RegionStates::Changes RegionStates::take_changes(Instant now) {
  Changes changes;
  if (std::exchange(all_, false) || now > silent_) {
    silent_ = kNever;
    for (auto& [name, peer] : peers_) take_change(now, peer, changes);
  } else {
    std::erase_if(noted_, [this](replication::RegionId id) { return !peers_.has(id); });
    std::sort(noted_.begin(), noted_.end(), [this](auto a, auto b) { return peers_.name_of(a) < peers_.name_of(b); });
    noted_.erase(std::unique(noted_.begin(), noted_.end()), noted_.end());
    for (const replication::RegionId id : noted_) take_change(now, peers_.of(id), changes);
  }
  noted_.clear();
  return changes;
}

void RegionStates::take_change(Instant now, Peer& peer, Changes& changes) {
  if (peer.name == config_.region) return;
  const RegionState current = of(peer, now);
  if (current.connected && !SYNCER_MUTATED("peering.miss_who_falls_silent"))
    silent_ = std::min(silent_, saturating_add(peer.writer.last_heard(), config_.sync.silence));
  if (peer.reported == current) return;
  peer.reported = current;
  changes.emplace_back(peer.name, current);
}

}  // namespace syncer::peering
