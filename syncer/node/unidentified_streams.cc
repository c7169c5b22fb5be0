// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/unidentified_streams.h"

#include <algorithm>

#include "syncer/wire/sync/message.h"

namespace syncer::node {
namespace {

constexpr std::size_t kMaxSilent = 256;
constexpr Duration kSilenceLimit = std::chrono::seconds(10);

/// The message types of memberlist, the other protocol, are small numbers or 244.
bool is_sync(ByteView first_bytes) { return first_bytes.front() == wire::kSyncProtocol.magic.front(); }

}  // namespace

bool UnidentifiedStreams::accept(Instant now, LinkId link, const Endpoint& from) {
  if (streams_.size() >= kMaxSilent) return false;
  streams_.emplace(link, Silent{from, now + kSilenceLimit});
  return true;
}

std::optional<std::pair<UnidentifiedStreams::Protocol, Endpoint>> UnidentifiedStreams::identify(LinkId link,
                                                                                                ByteView first_bytes) {
  const auto found = streams_.find(link);
  if (found == streams_.end() || first_bytes.empty()) return std::nullopt;
  const Endpoint from = found->second.from;
  streams_.erase(found);
  return std::pair(is_sync(first_bytes) ? Protocol::Sync : Protocol::Gossip, from);
}

std::optional<LinkId> UnidentifiedStreams::take_expired(Instant now) {
  for (const auto& [link, silent] : streams_) {
    if (silent.deadline > now) continue;
    const LinkId expired = link;
    streams_.erase(expired);
    return expired;
  }
  return std::nullopt;
}

Instant UnidentifiedStreams::next_deadline() const {
  Instant next = kNever;
  for (const auto& [link, silent] : streams_) next = std::min(next, silent.deadline);
  return next;
}

}  // namespace syncer::node
