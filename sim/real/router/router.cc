// SPDX-License-Identifier: Apache-2.0
#include "sim/real/router/router.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace sim::real {

using fault::Site;
using syncer::Bytes;

std::uint32_t address_of(const syncer::Endpoint& endpoint) {
  std::uint32_t address = 0;
  for (const char c : endpoint.octets()) address = address << 8U | static_cast<std::uint8_t>(c);
  return address;
}

void Router::send(Site from, Bytes packet) {
  const auto read = parse_packet(packet);
  if (!read) return;
  const auto to = sites_.find(read->ends.to);
  if (to == sites_.end() || is_stopped(from, to->second, *read)) return;
  carry(from, to->second, std::move(packet), *read);
}

/// What is about connections: of a dead one, or a new one that the link does not let through.
bool Router::is_stopped(Site from, Site to, const IpPacket& packet) {
  if (packet.transport != Transport::Tcp) return false;
  if (const auto dead = connections_.dead(packet, world_.now())) {
    if (dead->reset) deliver_(from, *dead->reset);
    return true;
  }
  if (!packet.syn || packet.ack) return false;
  const fault::ConnectFate fate = world_.link(from, to).connect;
  if (fate == fault::ConnectFate::Refuse) {
    deliver_(from, reset_packet(packet.ends.turned(), 0, packet.next_sequence()));
  }
  return fate != fault::ConnectFate::Accept;
}

void Router::carry(Site from, Site to, Bytes packet, const IpPacket& read) {
  const bool is_tcp = read.transport == Transport::Tcp;
  std::size_t size = is_tcp ? packet.size() : read.payload_size;
  // Streams of the simulator know no largest packet, and hosts here cannot be told one.
  const std::uint64_t mtu = world_.link(from, to).mtu;
  if (is_tcp && mtu != 0) size = std::min<std::size_t>(size, mtu);
  if (is_tcp) connections_.note(read);
  syncer::Instant* after = nullptr;
  if (is_tcp) {
    if (streams_.size() > 4 * connections_.size() + 1024) {
      std::erase_if(streams_, [now = world_.now()](const auto& one) { return one.second < now; });
    }
    after = &streams_[read.ends];
  }
  const auto shared = std::make_shared<const Bytes>(std::move(packet));
  world_.carry(from, to, size, after, [this, to, shared, read](const fault::DatagramVerdict& verdict) {
    if (!verdict.corrupt) return deliver_(to, *shared);
    Bytes damaged = *shared;
    corrupt(damaged, read, verdict.bits);
    deliver_(to, damaged);
  });
}

bool Router::between(const Ends& ends, Site a, Site b) const {
  const auto from = sites_.find(ends.from);
  const auto to = sites_.find(ends.to);
  if (from == sites_.end() || to == sites_.end()) return false;
  return (from->second == a && to->second == b) || (from->second == b && to->second == a);
}

void Router::reset(Site a, Site b) {
  for (const Bytes& packet : connections_.reset([&](const Ends& ends) { return between(ends, a, b); })) {
    const auto to = sites_.find(parse_packet(packet)->ends.to);
    deliver_(to->second, packet);
  }
}

void Router::half_open(Site a, Site b, syncer::Duration duration) {
  connections_.kill([&](const Ends& ends) { return between(ends, a, b); }, world_.now() + duration);
}

}  // namespace sim::real
