// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/packet_sender.h"

#include "syncer/wire/gossip/packet.h"

namespace syncer::gossip {
namespace {

/// First protocol that checks the sum of a packet.
constexpr std::uint8_t kChecksumProtocol = 5;

}  // namespace

/// A member says which protocols it speaks; a stranger is one of today's. Without a sum a flipped bit may be believed.
bool PacketSender::reads_checksums(const membership::Outputs::Packet& packet) const {
  if (packet.protocol >= kChecksumProtocol) return true;
  const membership::Member* member = swim_.members().find(packet.to);
  return member == nullptr || member->versions[1] >= kChecksumProtocol;
}

void PacketSender::send(const membership::Outputs& out) {
  for (const auto& packet : out.packets()) {
    ++sent_;
    const bool checksum = reads_checksums(packet);
    const Endpoint to = addresses_.reached(packet.to);
    if (packet.count == 1 && !checksum && wire::gossip::packet_overhead(config_.pool) == 0) {
      datagrams_.send(to, out.part(packet.first));
      continue;
    }
    wire::gossip::PacketBuilder builder(packet.count);
    for (std::uint32_t i = 0; i < packet.count; ++i) builder.add(out.part(packet.first + i));
    datagrams_.send(to, builder.finish(config_.pool, checksum, config_.nonce));
  }
}

}  // namespace syncer::gossip
