// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "syncer/peering/attestations.h"
#include "syncer/peering/config.h"
#include "syncer/peering/peers.h"
#include "syncer/peering/way_table.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// By which neighbour a region is read: directly while its own link speaks, else on the shortest way that is offered
/// and brings something. What came by that way, and when, stands in the Peer.
class WayChoice {
 public:
  /// Borrows all.
  WayChoice(const PeeringConfig& config, const Attestations& attestations, replication::Replication& core,
            WayTable& table, Observer& observer)
      : config_(config), attestations_(attestations), core_(core), table_(table), observer_(observer) {}

  /// Who was not heard for so long is looked for elsewhere.
  Duration patience() const;
  void choose(Instant now, Peer& peer);
  /// Read by way of that neighbour from now on; empty: directly, or not at all.
  void take(Instant now, Peer& peer, const std::string& neighbour);
  /// The regions passed, the nearest first; empty when it is read directly.
  std::vector<std::string> via(const Peer& peer) const;

 private:
  bool is_direct(Instant now, const Peer& peer) const;
  bool is_silent(Instant now, const Peer& peer) const;
  bool is_fruitless(Instant now, const Peer& peer) const;

  const PeeringConfig& config_;
  const Attestations& attestations_;
  replication::Replication& core_;
  WayTable& table_;
  Observer& observer_;
};

}  // namespace syncer::peering
