// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/way_choice.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/peering/authorization.h"

namespace syncer::peering {
namespace {

/// The time for a transfer is doubled so often at most: about half an hour, with a hold of two minutes.
constexpr unsigned kMostDoublings = 5;

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

}  // namespace

/// Two heartbeats may be late.
Duration WayChoice::patience() const { return std::min(config_.sync.heartbeat * 5 / 2, config_.sync.silence); }

/// Its own link spoke a moment ago. While it is being dialled again, no way around is looked for.
bool WayChoice::is_direct(Instant now, const Peer& peer) const {
  return saturating_add(peer.heard_directly, patience()) > now;
}

/// An old word of the region and transfers without end are use of a kind; that it lives nobody else can say anew.
bool WayChoice::is_silent(Instant now, const Peer& peer) const {
  if (saturating_add(peer.heard_by_way, patience()) <= now) return true;
  if (!attestations_.required() || SYNCER_MUTATED("attestation.stay_with_who_repeats_a_word")) return false;
  return saturating_add(peer.lived_by_way, patience()) <= now;
}

/// Parts of a transfer may be use of a kind for ever. What is held of the region is kept for `hold`: the next way is to
/// have its time in that. A large set may take more by any way: each one is given twice the time of the one before.
bool WayChoice::is_fruitless(Instant now, const Peer& peer) const {
  if (!attestations_.required() || SYNCER_MUTATED("attestation.stay_with_transfers_without_end")) return false;
  const Duration limit = config_.sync.hold / 2 * (1U << std::min(peer.fruitless_ways, kMostDoublings));
  return saturating_add(peer.via_since, limit) <= now && !peer.writer.proved_within(now, limit);
}

void WayChoice::choose(Instant now, Peer& peer) {
  const bool allowed = Authorization(config_.sync.regions).allows(peer.name);
  if (!allowed && !SYNCER_MUTATED("relay.go_on_with_regions_that_were_shut_out")) return take(now, peer, "");
  if (peer.via.empty() && is_direct(now, peer)) return;
  const wire::Way* current = peer.via.empty() ? nullptr : table_.find(peer.name, peer.via);
  const bool fruitless = current != nullptr && is_fruitless(now, peer);
  const bool silent = fruitless || (current != nullptr && is_silent(now, peer));
  SYNCER_SOMETIMES(silent, "relay.way_brings_nothing");
  if (silent) table_.failed(now, peer.name, peer.via);
  const std::optional<std::string> best = table_.best(now, peer.name);
  if (!best && current != nullptr) return;  // it may speak again
  const auto hops = [&](const std::string& neighbour) { return WayTable::hops(*table_.find(peer.name, neighbour)); };
  const bool shorter = current != nullptr && !silent && hops(*best) < hops(peer.via);
  SYNCER_SOMETIMES(shorter, "relay.shorter_way_is_taken");
  if (fruitless && best != peer.via) ++peer.fruitless_ways;
  if (current == nullptr || silent || shorter) take(now, peer, best.value_or(""));
}

void WayChoice::take(Instant now, Peer& peer, const std::string& neighbour) {
  if (peer.via == neighbour) return;
  SYNCER_SOMETIMES(!peer.via.empty() && !neighbour.empty(), "relay.way_is_lost_and_another_taken");
  peer.via = neighbour;
  peer.heard_by_way = peer.lived_by_way = peer.via_since = now;
  core_.writer_up(peer.id);
  core_.read_by_others(peer.id, !neighbour.empty());
  if (SYNCER_MUTATED("relay.forget_when_the_way_changes")) core_.receiver(peer.id) = replication::Receiver(peer.id, {});
  const std::string passed = joined(via(peer));
  observe(observer_, now, EventKind::WayChanged, Severity::Info, {{"region", peer.name}, {"via", passed}});
}

std::vector<std::string> WayChoice::via(const Peer& peer) const {
  const wire::Way* way = peer.via.empty() ? nullptr : table_.find(peer.name, peer.via);
  return way == nullptr ? std::vector<std::string>() : way->via;
}

}  // namespace syncer::peering
