// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "syncer/gossip/second_addresses.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/swim.h"
#include "syncer/ports/network.h"

namespace syncer::gossip {

/// Sends the packets of the membership core: sealed where the pool has keys, with a checksum where the receiver reads
/// it.
class PacketSender {
 public:
  /// Borrows all of them.
  PacketSender(const GossipConfig& config, const membership::Swim& swim, const SecondAddresses& addresses,
               Datagrams& datagrams)
      : config_(config), swim_(swim), addresses_(addresses), datagrams_(datagrams) {}

  void send(const membership::Outputs& out);
  /// Datagrams so far.
  std::uint64_t sent() const { return sent_; }

 private:
  bool reads_checksums(const membership::Outputs::Packet& packet) const;

  const GossipConfig& config_;
  const membership::Swim& swim_;
  const SecondAddresses& addresses_;
  Datagrams& datagrams_;
  std::uint64_t sent_ = 0;
};

}  // namespace syncer::gossip
