// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "syncer/wire/gossip/serf.h"
#include "tests/unit/gossip/network.h"

namespace syncer::gossip {

using wire::gossip::KeyVerb;

/// A member with a key, and an agent of serf in its pool that asks about keys.
class SerfAsker {
 public:
  explicit SerfAsker(const Bytes& key);

  /// Sends a query, for all of the pool or for the member alone; the answers that came back, as the payloads that the
  /// agent sees.
  std::vector<Bytes> ask(KeyVerb verb, const Bytes& key, std::uint64_t clock, bool stays_here = false);
  /// Queries that the member spreads within some time.
  std::size_t queries_within(Duration time);
  Gossip& gossip() { return host_->gossip(); }
  TestNetwork& network() { return net_; }
  /// What was last kept for the next start.
  const std::optional<crypto::Keyring>& kept() const { return kept_; }

 private:
  void packet(const membership::Message& message);
  /// Payloads of this type of serf in the packets that were kept.
  std::vector<Bytes> sent(std::string_view type, std::optional<Endpoint> to);

  TestNetwork net_;
  TestNetwork::Host* host_ = nullptr;
  std::optional<crypto::Keyring> kept_;
  Endpoint address_ = Endpoint::v4(10, 0, 0, 77, 7946);
};

}  // namespace syncer::gossip
