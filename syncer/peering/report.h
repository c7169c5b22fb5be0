// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "syncer/peering/link.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/outputs.h"

namespace syncer::peering {

/// Turns what the peering and its core say into events, with names in the place of ids.
class PeeringReport {
 public:
  PeeringReport(Observer& observer, std::string own_region) : observer_(observer), own_region_(std::move(own_region)) {}

  void link_up(Instant now, const PeerLink& link);
  void link_down(Instant now, const PeerLink& link, std::string_view reason);
  void refused(Instant now, const PeerLink& link, std::string_view region, std::string_view node,
               std::string_view reason);
  void frame_dropped(Instant now, std::string_view region, std::string_view reason);
  void epoch_opened(Instant now, Epoch epoch, std::uint64_t count);

  void on(Instant now, const replication::Appended& appended);
  void on(Instant now, std::string_view region, const replication::Changed& changed);
  void on(Instant now, std::string_view region, const replication::Bound& bound);
  void on(Instant now, std::string_view region, const replication::Mismatch& mismatch);
  void stale_epoch(Instant now, std::string_view region, Epoch got, Epoch known);

 private:
  Observer& observer_;
  std::string own_region_;
};

}  // namespace syncer::peering
