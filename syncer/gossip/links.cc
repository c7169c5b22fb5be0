// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/links.h"

#include <algorithm>
#include <utility>

namespace syncer::gossip {

bool GossipLinks::full(const Endpoint& from) const {
  const auto same_host = std::count_if(links_.begin(), links_.end(), [&](const auto& entry) {
    return entry.second->purpose == LinkPurpose::Accepted && entry.second->peer.address == from.address;
  });
  return accepted_ >= kMaxAccepted || static_cast<std::size_t>(same_host) >= kMaxOfOneHost;
}

void GossipLinks::add(LinkId id, GossipLink link) {
  if (link.purpose == LinkPurpose::Accepted) ++accepted_;
  links_.emplace(id, std::make_unique<GossipLink>(std::move(link)));
}

GossipLink* GossipLinks::find(LinkId id) {
  const auto it = links_.find(id);
  return it == links_.end() ? nullptr : it->second.get();
}

std::unique_ptr<GossipLink> GossipLinks::take(LinkId id) {
  const auto it = links_.find(id);
  if (it == links_.end()) return nullptr;
  std::unique_ptr<GossipLink> link = std::move(it->second);
  links_.erase(it);
  if (link->purpose == LinkPurpose::Accepted) --accepted_;
  return link;
}

std::optional<LinkId> GossipLinks::expired(Instant now) const {
  for (const auto& [id, link] : links_) {
    if (link->deadline <= now) return id;
  }
  return std::nullopt;
}

Instant GossipLinks::next_deadline() const {
  Instant next = kNever;
  for (const auto& [id, link] : links_) next = std::min(next, link->deadline);
  return next;
}

}  // namespace syncer::gossip
