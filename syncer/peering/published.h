// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/peering/append_times.h"
#include "syncer/peering/links.h"
#include "syncer/peering/peers.h"
#include "syncer/peering/relay.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// Where an own record stands: in the log, and on the way to each region it is published to.
struct Publication {
  struct Place {
    std::string region;
    bool sent = false;
    bool acknowledged = false;
    std::string problem;                         ///< why it is not being sent; empty when it is
    std::optional<std::uint32_t> withheld = {};  ///< it is not shown to the region, for this reason of its view
    bool is_paused = false;                      ///< an operator wants the region told no changes, and this is one
  };
  Epoch epoch;
  std::uint64_t seq = 0;
  std::vector<Place> places;
};

/// What became of our own log. Of a region that reads it by way of another, what that one has is known. A look at what
/// it borrows.
class Published {
 public:
  Published(const std::string& region, const Peers& peers, const Links& links, const replication::Replication& core,
            const AppendTimes& times, const Relay& relay)
      : region_(region), peers_(peers), links_(links), core_(core), times_(times), relay_(relay) {}

  /// Nothing when the log does not have it.
  std::optional<Publication> find(const Bytes& key) const;
  /// Records that a region, or with an empty name any region, has not acknowledged; the first few.
  std::vector<Bytes> unacknowledged_keys(std::string_view region, std::size_t limit) const;
  /// How many entries a region has not acknowledged.
  std::uint64_t unacknowledged(const Peer& peer) const;
  /// Age of the oldest entry that the region has not acknowledged; zero when there is none.
  Duration lag(Instant now, std::string_view region) const;
  /// It gets what is published, by its own link or by way of another.
  bool reaches(const Peer& peer) const;

 private:
  bool is_up(const Peer& peer) const;
  bool is_reader(const Peer& peer) const;
  std::uint64_t acknowledged(const Peer& peer) const;

  const std::string& region_;
  const Peers& peers_;
  const Links& links_;
  const replication::Replication& core_;
  const AppendTimes& times_;
  const Relay& relay_;
};

}  // namespace syncer::peering
