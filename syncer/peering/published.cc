// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/published.h"

#include <algorithm>
#include <set>

namespace syncer::peering {

bool Published::is_up(const Peer& peer) const {
  const PeerLink* link = peer.out ? links_.find(*peer.out) : nullptr;
  return link != nullptr && link->state == PeerLink::State::Up;
}

/// Neither ourselves nor one that left.
bool Published::is_reader(const Peer& peer) const {
  const bool known = core_.publisher(peer.id).sender(peer.id) != nullptr || !relay_.read_by_way_of(peer.name).empty();
  return known && peer.name != region_;
}

bool Published::reaches(const Peer& peer) const { return is_up(peer) || !relay_.read_by_way_of(peer.name).empty(); }

std::uint64_t Published::acknowledged(const Peer& peer) const {
  const replication::Sender* sender = core_.publisher(peer.id).sender(peer.id);
  const std::uint64_t directly = sender == nullptr ? 0 : sender->acknowledged();
  const Peer* relay = peers_.find(relay_.read_by_way_of(peer.name));
  const replication::Sender* passed = relay == nullptr ? nullptr : core_.publisher(relay->id).sender(relay->id);
  return passed == nullptr ? directly : std::max(directly, passed->acknowledged());
}

std::uint64_t Published::unacknowledged(const Peer& peer) const {
  if (!is_reader(peer)) return 0;
  const std::uint64_t head = core_.publisher(peer.id).log().head();
  return head - std::min(head, acknowledged(peer));
}

std::optional<Publication> Published::find(const Bytes& key) const {
  const auto seq = core_.log().seq_of(key);
  if (!seq) return std::nullopt;
  Publication publication{core_.log().epoch(), *seq, {}};
  for (const auto& [name, peer] : peers_) {
    // A view of the log has numbers out of the same count, so the number says the same of each reader.
    if (!is_reader(peer)) continue;
    const replication::Sender* sender = core_.publisher(peer.id).sender(peer.id);
    Publication::Place place{name, false, acknowledged(peer) >= *seq, ""};
    if (const replication::Projection* shown = core_.projection(peer.id)) {
      const auto withheld = shown->withheld().find(key);
      if (withheld != shown->withheld().end()) place.withheld = withheld->second;
    }
    if (const auto* waiting = core_.waiting(peer.id)) {
      place.is_paused = waiting->contains(key);
      place.acknowledged = place.acknowledged && !place.is_paused;
    }
    place.sent =
        place.acknowledged || (sender != nullptr && sender->up() && sender->bound() && sender->cursor() >= *seq);
    if (!place.acknowledged && !reaches(peer)) {
      const std::string& why = peer.exchange.dial_problem();
      place.problem = "no link to " + (why.empty() ? "region " + name + " yet" : why);
    }
    publication.places.push_back(std::move(place));
  }
  return publication;
}

std::vector<Bytes> Published::unacknowledged_keys(std::string_view region, std::size_t limit) const {
  std::set<Bytes> keys;
  for (const auto& [name, peer] : peers_) {
    if (!is_reader(peer) || (!region.empty() && region != name)) continue;
    if (const auto* waiting = core_.waiting(peer.id)) {
      for (auto it = waiting->begin(); it != waiting->end() && keys.size() < limit; ++it) {
        if (core_.log().find(*it) != nullptr) keys.insert(*it);
      }
    }
    const auto& log = core_.publisher(peer.id).log().by_seq();
    for (auto it = log.upper_bound(acknowledged(peer)); it != log.end() && keys.size() < limit; ++it) {
      if (it->second->live) keys.insert(it->second->key);
    }
  }
  return {keys.begin(), keys.end()};
}

Duration Published::lag(Instant now, std::string_view region) const {
  const Peer* peer = peers_.find(region);
  if (peer == nullptr || unacknowledged(*peer) == 0) return Duration::zero();
  const auto& entries = core_.publisher(peer->id).log().by_seq();
  const auto first = entries.upper_bound(acknowledged(*peer));
  if (first == entries.end()) return Duration::zero();
  const auto age = times_.age(now, core_.log().epoch(), first->first);
  return age ? *age : times_.oldest(now).value_or(Duration::zero());
}

}  // namespace syncer::peering
