// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/region_states.h"

#include <algorithm>
#include <variant>

#include "syncer/base/mutation.h"

namespace syncer::peering {

RegionState RegionStates::of(const Peer& peer, Instant now) const {
  const replication::Replica* replica = core_.replica(peer.id);
  const bool connected = (peer.in || !peer.via.empty()) && now - peer.writer.last_heard() <= config_.sync.silence;
  const bool complete = replica != nullptr && replica->consistent();
  return {connected, complete, core_.origin_healthy(peer.id)};
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
    std::sort(noted_.begin(), noted_.end());
    noted_.erase(std::unique(noted_.begin(), noted_.end()), noted_.end());
    for (const std::string& name : noted_) {
      if (Peer* peer = peers_.find(name)) take_change(now, *peer, changes);
    }
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
