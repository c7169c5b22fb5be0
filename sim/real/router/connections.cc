// SPDX-License-Identifier: Apache-2.0
#include "sim/real/router/connections.h"

#include <algorithm>

namespace sim::real {
namespace {
constexpr std::size_t kMost = 65536;
}  // namespace

void Connections::note(const IpPacket& packet) {
  if (packet.transport != Transport::Tcp) return;
  if (packet.rst) return forget(packet.ends);
  if (packet.syn) dead_.erase(packet.ends);
  if (open_.size() >= kMost && open_.count(packet.ends) == 0) {
    forget(std::min_element(open_.begin(), open_.end(), [](const auto& a, const auto& b) {
             return a.second.order < b.second.order;
           })->first);
  }
  Direction& direction = open_[packet.ends];
  direction.next = packet.next_sequence();
  if (packet.ack) direction.acknowledged = packet.acknowledged;
  direction.order = ++order_;
}

void Connections::forget(const Ends& ends) {
  const Ends one = ends;  // may be the key that is erased
  open_.erase(one);
  open_.erase(one.turned());
}

std::vector<syncer::Bytes> Connections::reset(const Meant& is_meant) {
  std::vector<syncer::Bytes> packets;
  std::vector<Ends> over;
  for (const auto& [ends, direction] : open_) {
    if (!is_meant(ends)) continue;
    // To the sender, as if from the other end: it takes the number that it expects next.
    packets.push_back(reset_packet(ends.turned(), direction.acknowledged, direction.next));
    over.push_back(ends);
  }
  for (const Ends& ends : over) open_.erase(ends);
  return packets;
}

void Connections::kill(const Meant& is_meant, syncer::Instant until) {
  for (const auto& [ends, direction] : open_) {
    if (is_meant(ends)) dead_[ends] = dead_[ends.turned()] = until;
  }
}

std::optional<Connections::Dead> Connections::dead(const IpPacket& packet, syncer::Instant now) {
  if (packet.transport != Transport::Tcp || packet.syn) return std::nullopt;
  const auto found = dead_.find(packet.ends);
  if (found == dead_.end()) return std::nullopt;
  if (now < found->second || packet.rst) return Dead{};
  forget(packet.ends);
  return Dead{reset_packet(packet.ends.turned(), packet.acknowledged, packet.next_sequence())};
}

}  // namespace sim::real
