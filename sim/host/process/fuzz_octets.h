// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/host/process/fuzz_peer.h"
#include "syncer/base/random.h"

namespace sim::host {

/// Draws what a fuzz peer sends. Well-formed messages go through the product's own encoders, so that they are read to
/// their end; only what they say is nonsense.
class FuzzOctets {
 public:
  FuzzOctets(const FuzzOrder& order, const syncer::Endpoint& own, syncer::Random random)
      : order_(order), own_(own), random_(random) {}

  /// One datagram for the gossip port.
  syncer::Bytes datagram(const FuzzOrder::Target& target);
  /// What it says on a stream to the gossip port, or in answer to one.
  syncer::Bytes stream(const FuzzOrder::Target& target);
  /// What it says on a stream to the RPC port: a hello, and whatever follows.
  syncer::Bytes hello();
  syncer::Random& random() { return random_; }

 private:
  syncer::Bytes noise(std::size_t most);
  syncer::Bytes message(const FuzzOrder::Target& target);
  syncer::Bytes about_member();
  syncer::Bytes exchange();
  syncer::Bytes meta();
  syncer::Bytes user();
  std::string stranger();
  const FuzzOrder::Target& victim();
  std::uint64_t incarnation();
  syncer::Endpoint address();
  syncer::crypto::NonceSource nonces();

  const FuzzOrder& order_;
  syncer::Endpoint own_;
  syncer::Random random_;
};

}  // namespace sim::host
