// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/link_router.h"

#include <algorithm>

namespace syncer::node {
namespace {

constexpr std::size_t kMaxSilent = 256;
constexpr Duration kPatience = std::chrono::seconds(10);
/// First octet of a sync stream ("SYNC"); memberlist's message types are small numbers or 244.
constexpr char kSyncMagic = 'S';

}  // namespace

bool LinkRouter::accept(Instant now, LinkId link, const Endpoint& from) {
  if (newcomers_.size() >= kMaxSilent) return false;
  newcomers_.emplace(link, Newcomer{from, now + kPatience});
  return true;
}

std::optional<std::pair<LinkRouter::Speaks, Endpoint>> LinkRouter::identify(LinkId link, ByteView first_octets) {
  const auto found = newcomers_.find(link);
  if (found == newcomers_.end() || first_octets.empty()) return std::nullopt;
  const Endpoint from = found->second.from;
  newcomers_.erase(found);
  return std::pair(first_octets.front() == kSyncMagic ? Speaks::Sync : Speaks::Gossip, from);
}

std::optional<LinkId> LinkRouter::take_expired(Instant now) {
  for (const auto& [link, newcomer] : newcomers_) {
    if (newcomer.deadline > now) continue;
    const LinkId expired = link;
    newcomers_.erase(expired);
    return expired;
  }
  return std::nullopt;
}

Instant LinkRouter::next_deadline() const {
  Instant next = kNever;
  for (const auto& [link, newcomer] : newcomers_) next = std::min(next, newcomer.deadline);
  return next;
}

}  // namespace syncer::node
