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

  /// Sends a query; the answers that came back, as the payloads that the agent sees.
  std::vector<Bytes> ask(KeyVerb verb, const Bytes& key, std::uint64_t clock);
  Gossip& gossip() { return host_->gossip(); }
  TestNetwork& network() { return net_; }
  /// What was last kept for the next start.
  const std::optional<crypto::Keyring>& kept() const { return kept_; }

 private:
  void packet(const membership::Message& message);

  TestNetwork net_;
  TestNetwork::Host* host_ = nullptr;
  std::optional<crypto::Keyring> kept_;
  Endpoint address_ = Endpoint::v4(10, 0, 0, 77, 7946);
};

}  // namespace syncer::gossip
