// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syncer/base/time.h"
#include "syncer/peering/config.h"
#include "syncer/peering/peers.h"
#include "syncer/replication/replication.h"
#include "syncer/wire/sync/message.h"

namespace syncer::peering {

/// The state of each region, and which of them are to be told because theirs may have changed: a message costs a look
/// at its region and not at all of them. One that was heard falls silent by time alone; so all are looked at when the
/// first of them could, which each word puts off.
class RegionStates {
 public:
  using Changes = std::vector<std::pair<std::string_view, RegionState>>;

  /// Borrows all of them.
  RegionStates(const PeeringConfig& config, Peers& peers, const replication::Replication& core)
      : config_(config), peers_(peers), core_(core) {}

  RegionState of(const Peer& peer, Instant now) const;
  /// As `complete` there.
  bool is_complete(const Peer& peer) const;
  /// Something that the region's state follows from may have changed.
  void note(const Peer& peer) {
    if (!all_ && (noted_.empty() || noted_.back() != peer.id)) noted_.push_back(peer.id);
  }
  void note(std::string_view region) {
    if (const Peer* peer = peers_.find(region)) note(*peer);
  }
  void note_all() { all_ = true; }
  /// A neighbour said this, of itself or of a third region.
  void note(std::string_view neighbour, const wire::SyncMessage& message);
  /// The other regions whose state differs from what the last call gave, by name; a new region is among them. The names
  /// are valid as long as the regions.
  Changes take_changes(Instant now);

 private:
  void take_change(Instant now, Peer& peer, Changes& changes);

  const PeeringConfig& config_;
  Peers& peers_;
  const replication::Replication& core_;
  bool all_ = true;
  std::vector<replication::RegionId>
      noted_;                // since the last call; those of an input are nearly always one and the same
  Instant silent_ = kNever;  // none that was heard falls silent before this is over
};

}  // namespace syncer::peering
