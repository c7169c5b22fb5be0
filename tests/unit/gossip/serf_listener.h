// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string_view>

#include "tests/unit/gossip/network.h"

namespace syncer::gossip {

/// A member, and an agent of serf in its pool that hears intents and spreads some.
class SerfListener {
 public:
  SerfListener();

  /// The member hears that somebody leaves on purpose.
  void tell_leave(std::uint64_t clock, std::string_view node);
  /// Lamport times of the join intents that the member spread in that time.
  std::set<std::uint64_t> joins_within(Duration time);
  Gossip& gossip() { return host_->gossip(); }
  TestNetwork& network() { return net_; }

 private:
  void packet(const membership::Message& message);

  TestNetwork net_;
  TestNetwork::Host* host_ = nullptr;
  Endpoint address_ = Endpoint::v4(10, 0, 0, 77, 7946);
};

}  // namespace syncer::gossip
