// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/peering.h"

#include <algorithm>

#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

/// A conflict is shown for so long after it was last seen.
constexpr Duration kConflictShown = std::chrono::seconds(30);

replication::Options options_of(const SyncSettings& sync) {
  replication::Options options;
  options.heartbeat = sync.heartbeat;
  options.flush = sync.flush;
  // Asked again before the silence of a stalled repair looks like a dead link.
  options.retry = std::min(options.retry, sync.silence / 2);
  return options;
}

}  // namespace

Peering::Peering(PeeringConfig config, Streams& streams, Observer& observer, Random random, Instant now,
                 std::function<LinkId()> next_link)
    : config_(std::move(config)),
      streams_(streams),
      report_(observer, config_.region),
      random_(random),
      next_link_(std::move(next_link)),
      run_(random_.stream("run").next()),
      started_(now),
      core_(options_of(config_.sync), now) {}

Peering::Peer& Peering::peer(std::string_view region) {
  if (const auto it = peers_.find(region); it != peers_.end()) return it->second;
  names_.emplace_back(region);
  const replication::RegionId id{names_.size()};
  Dialer dialer(config_.sync.connect_retry, random_.stream(region));
  return peers_.emplace(region, Peer{std::string(region), id, dialer, {}, {}, started_, {}, 0, {}}).first->second;
}

const Peering::Peer* Peering::find(std::string_view region) const {
  const auto it = peers_.find(region);
  return it == peers_.end() ? nullptr : &it->second;
}

const std::string& Peering::name_of(replication::RegionId id) const {
  static const std::string kNobody;
  return id.value == 0 ? kNobody : names_[id.value - 1];
}

void Peering::set_regions(Instant now, std::vector<RemoteRegion> regions) {
  std::map<std::string, std::vector<RemoteRegion>> alternatives;
  for (const auto& [name, peer] : peers_) alternatives[name];
  for (RemoteRegion& remote : regions) {
    const bool sibling = remote.region == config_.region && (remote.node == config_.node || !config_.single);
    if (!sibling) alternatives[remote.region].push_back(std::move(remote));
  }
  for (auto& [name, nodes] : alternatives) {
    Peer& remote = peer(name);
    if (nodes.empty())
      core_.remove_peer(remote.id);
    else
      core_.add_peer(remote.id);
    const bool gone = nodes.empty() && remote.out;
    remote.dialer.set_alternatives(now, std::move(nodes));
    if (gone) close(now, *remote.out, "the region left");
  }
  dial_due(now);
}

void Peering::open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set) {
  publishing_ = true;
  if (reopen_wanted_ && epoch > *reopen_wanted_) reopen_wanted_.reset();
  report_.epoch_opened(now, epoch, full_set.size());
  replication::Outputs out = take_outputs();
  core_.open_epoch(now, epoch, std::move(full_set), out);
  carry_out(now, out);
  dial_due(now);
}

void Peering::close_epoch(Instant now) {
  publishing_ = false;
  std::vector<LinkId> links;
  for (const auto& [id, link] : links_) links.push_back(id);
  for (const LinkId id : links) close(now, id, "this node is not the writer any more");
  for (const auto& [name, peer] : peers_) {
    forget(now, name);
    if (peer.known_epoch != Epoch{}) raise_floor(now, name, peer.known_epoch);
  }
}

void Peering::put(Instant now, Bytes key, Bytes payload) {
  replication::Outputs out = take_outputs();
  core_.put(now, std::move(key), std::move(payload), out);
  carry_out(now, out);
}

void Peering::erase(Instant now, ByteView key) {
  replication::Outputs out = take_outputs();
  core_.erase(now, key, out);
  carry_out(now, out);
}

void Peering::set_leader(bool self, std::optional<Endpoint> leader) {
  leads_ = self;
  leader_ = leader;
}

void Peering::raise_floor(Instant now, std::string_view region, Epoch floor) {
  if (find(region) == nullptr && peers_.size() >= kMaxRegions) return;
  const replication::Replica* held = replica(region);
  if (held != nullptr && held->epoch() < floor) forget(now, region);
  Peer& remote = peer(region);
  core_.receiver(remote.id).raise_floor(floor);
  if (floor <= remote.known_epoch) return;
  remote.known_epoch = floor;
  remote.known_run = 0;
}

void Peering::forget(Instant now, std::string_view region) {
  const Peer* known = find(region);
  if (known == nullptr) return;
  replication::Outputs out = take_outputs();
  core_.forget(known->id, out);
  carry_out(now, out);
}

void Peering::advance(Instant now) {
  replication::Outputs out = take_outputs();
  core_.advance(now, out);
  carry_out(now, out);
  if (now >= watch_at_) close_silent(now);
  if (now >= conflict_until_) {
    conflict_.clear();
    conflict_until_ = kNever;
  }
  dial_due(now);
}

Instant Peering::next_deadline() const {
  Instant next = std::min({core_.next_deadline(), watch_at_, conflict_until_});
  if (!publishing_) return next;
  for (const auto& [name, peer] : peers_) {
    if (!peer.out) next = std::min(next, peer.dialer.next_attempt());
  }
  return next;
}

const replication::Replica* Peering::replica(std::string_view region) const {
  const Peer* known = find(region);
  return known == nullptr ? nullptr : core_.replica(known->id);
}

std::vector<std::string> Peering::regions() const {
  std::vector<std::string> names;
  for (const auto& [name, peer] : peers_) {
    if (name != config_.region) names.push_back(name);
  }
  return names;
}

RegionState Peering::state(const Peer& known, Instant now) const {
  const replication::Replica* replica = core_.replica(known.id);
  const bool connected = known.in && now - known.last_heard <= config_.sync.silence;
  const bool complete = replica != nullptr && replica->consistent();
  return {connected, complete, core_.origin_sane(known.id)};
}

RegionState Peering::state(std::string_view region, Instant now) const {
  const Peer* known = find(region);
  return known == nullptr ? RegionState{} : state(*known, now);
}

std::vector<std::pair<std::string_view, RegionState>> Peering::take_region_changes(Instant now) {
  std::vector<std::pair<std::string_view, RegionState>> changes;
  for (auto& [name, peer] : peers_) {
    if (name == config_.region) continue;
    const RegionState current = state(peer, now);
    if (peer.reported == current) continue;
    peer.reported = current;
    changes.emplace_back(name, current);
  }
  return changes;
}

Peering::Link Peering::link(std::string_view region) const {
  Link link;
  link.last_heard = started_;
  const Peer* known = find(region);
  if (known == nullptr) return link;
  link.up = known->in.has_value();
  link.publishing = known->out && links_.at(*known->out).state == PeerLink::State::Up;
  link.last_heard = known->last_heard;
  link.unacknowledged = core_.publisher().unacknowledged(known->id);
  if (link.up) link.node = links_.at(*known->in).node;
  return link;
}

void Peering::note_conflict(Instant now, std::string text) {
  conflict_ = std::move(text);
  conflict_until_ = saturating_add(now, kConflictShown);
}

void Peering::want_reopen(Epoch known) {
  if (!SYNCER_MUTATED("peering.ignore_known_epoch")) reopen_wanted_ = std::max(reopen_wanted_.value_or(Epoch{}), known);
}

void Peering::hash(StateHasher& hasher) const {
  core_.hash(hasher);
  for (const auto& [name, peer] : peers_) {
    hasher.add(name);
    hasher.add(peer.out ? peer.out->value : 0);
    hasher.add(peer.in ? peer.in->value : 0);
    hasher.add(static_cast<std::uint64_t>(nanos(peer.last_heard)));
  }
  hasher.add(publishing_ ? 1 : 0);
}

}  // namespace syncer::peering
