// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/peering/config.h"
#include "syncer/peering/link_pace.h"
#include "syncer/peering/links.h"
#include "syncer/peering/peers.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// The links whose cap an operator has set. What is over a cap waits where it is kept anyway, in the logs: only their
/// turns are given here.
class Pacing {
 public:
  /// Borrows all of them. `carry` sends what the core gives.
  using Carry = std::function<void(Instant, replication::Outputs&)>;
  Pacing(const PeeringConfig& config, const Links& links, Peers& peers, replication::Replication& core, Carry carry)
      : config_(config), links_(links), peers_(peers), core_(core), carry_(std::move(carry)) {}

  /// The cap that the configuration has for a region holds from now on: before the first is published to it, and
  /// whenever the configuration changes.
  void apply(Instant now, const Peer& peer);
  /// Sends what the caps allow.
  void advance(Instant now);
  Instant next_deadline() const;
  void forget(std::string_view region);

  /// What a link with a cap has come to.
  struct State {
    std::uint64_t bytes_per_second = 0;
    std::size_t waiting_records = 0;
    std::optional<Instant> waiting_since;  ///< nothing while nothing waits
  };
  /// Nothing where the region has no cap.
  std::optional<State> of(std::string_view region) const;

 private:
  struct Link {
    LinkPace pace;
    std::uint64_t charged = 0;  ///< of what went over the link since the region is known
    std::optional<Instant> waiting_since = {};
  };
  void advance(Instant now, const Peer& peer, Link& link);
  std::uint64_t charge(Instant now, const Peer& peer, Link& link);

  const PeeringConfig& config_;
  const Links& links_;
  Peers& peers_;
  replication::Replication& core_;
  Carry carry_;
  std::map<std::string, Link, std::less<>> paced_;  // by region
};

}  // namespace syncer::peering
