// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/links.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDialTimeout = 1s;
constexpr Duration kPulse = 500ms;
/// Without an answer to a pulse for this long the link is dialled anew.
constexpr Duration kSilence = 2s;
/// An accepted link says who it is within this time and in this many bytes, and is closed when it says nothing at all
/// for that long.
constexpr Duration kStranger = 5s;
constexpr std::size_t kMaxGreeting = std::size_t{16} << 10U;
constexpr Duration kAbandoned = 10s;
/// Between a lost link and the next attempt; half of it is drawn.
constexpr Duration kRedialPause = 400ms;
constexpr std::size_t kMaxLinks = 64;
/// Accepted links of nobody who is a peer by its hello: of all hosts that no peer is at, and of one of them.
constexpr std::size_t kMaxStrangers = 24;
constexpr std::size_t kMaxOfOneHost = 8;
/// Accepted links of a host that a peer is at, whatever the others take. Several syncers may share it.
constexpr std::size_t kMaxOfPeersHost = 40;
/// A link that was heard within this time is not replaced by a newer one: two pulses.
constexpr Duration kAlive = 1200ms;
/// Bytes a peer may leave unread. Raft repeats what matters.
constexpr std::size_t kMaxBacklog = std::size_t{4} << 20U;

}  // namespace

Instant ClusterLinks::expiry(const Link& link) const {
  if (link.dialled) return link.heard + (ready(link) ? kSilence : kDialTimeout);
  if (link.hello) return link.heard + kAbandoned;
  return link.since + kStranger;
}

Result<void> ClusterLinks::set_keys(crypto::Keyring keys) {
  if (keys.empty() == seal_.active() && !SYNCER_MUTATED("cluster.begin_to_seal_midway")) {
    return failure(ErrorCode::Refused, "", keys.empty() ? "the pool must keep a key" : "the pool runs without keys");
  }
  seal_.set_keys(std::move(keys));
  return {};
}

void ClusterLinks::set_hello(Instant now, wire::ClusterHello hello) {
  if (hello_ == hello) return;
  hello_ = std::move(hello);
  for (auto& [id, link] : links_) {
    if (link.dialled && ready(link)) write(id, link, *hello_);
  }
  advance(now);
}

void ClusterLinks::set_peers(Instant now, const Addresses& peers) {
  std::vector<LinkId> wrong;
  for (auto it = peers_.begin(); it != peers_.end();) {
    const auto wanted = peers.find(it->first);
    const bool stays = wanted != peers.end() && it->second.take_addresses(wanted->second);
    if (!stays && it->second.out) wrong.push_back(*it->second.out);
    it = stays ? std::next(it) : peers_.erase(it);
  }
  for (const LinkId id : wrong) {
    streams_.close(id);
    forget(now, id);
  }
  for (const auto& [node, addresses] : peers) peers_.try_emplace(node, Peer{addresses, 0, {}, now, now});
  advance(now);
}

/// False when the peer is elsewhere now, or the address in use is not one of them any more.
bool ClusterLinks::Peer::take_addresses(const std::vector<Endpoint>& wanted) {
  if (wanted == addresses) return true;
  const auto used = std::find(wanted.begin(), wanted.end(), addresses[current]);
  if (wanted.front() != addresses.front() || used == wanted.end()) return false;
  current = static_cast<std::size_t>(used - wanted.begin());
  addresses = wanted;
  return true;
}

void ClusterLinks::dial(Instant now, const std::string& node, Peer& peer) {
  const LinkId id = next_link_();
  Link& link = links_[id];
  link.node = node;
  link.dialled = true;
  link.stream = wire::SealedStream(wire::Writer::Dialer);
  link.since = link.heard = now;
  peer.out = id;
  streams_.connect(id, peer.addresses[peer.current], Channel::Raft);
}

void ClusterLinks::accept(Instant now, LinkId id, const Endpoint& from, const PeerIdentity& identity) {
  if (!has_room_for(from)) {
    refuse(Refusal::Strangers, "too many connections on the cluster port");
    return streams_.close(id);
  }
  // Nothing is said to who cannot be a voter.
  if (std::string objection = objection_(identity, ""); !objection.empty()) {
    refuse(Refusal::Certificate, from.host() + ": " + std::move(objection));
    return streams_.close(id);
  }
  Link& link = links_[id];
  link.connected = true;
  link.from = from;
  link.identity = identity;
  link.since = link.heard = now;
  link.reader.limit(kMaxGreeting);
  open_stream(id, link);
}

void ClusterLinks::open_stream(LinkId id, Link& link) {
  streams_.send(id, wire::preamble(wire::kClusterProtocol) + link.stream.greet(seal_));
}

bool ClusterLinks::is_host_of_a_peer(const Endpoint& from) const {
  const auto is_it = [&](const Endpoint& address) { return address.address == from.address; };
  return std::any_of(peers_.begin(), peers_.end(), [&](const auto& peer) {
    return std::any_of(peer.second.addresses.begin(), peer.second.addresses.end(), is_it);
  });
}

bool ClusterLinks::has_room_for(const Endpoint& from) const {
  std::size_t of_this_host = 0;
  std::size_t strangers = 0;
  std::size_t strangers_of_this_host = 0;
  for (const auto& [id, link] : links_) {
    if (link.dialled) continue;
    const bool here = link.from.address == from.address;
    const bool named = SYNCER_MUTATED("cluster.know_whoever_has_a_name") && link.hello;
    const bool stranger = peers_.count(link.node) == 0 && !named;
    of_this_host += here ? 1 : 0;
    strangers += stranger ? 1 : 0;
    strangers_of_this_host += stranger && here ? 1 : 0;
  }
  const bool kept = is_host_of_a_peer(from) && !SYNCER_MUTATED("cluster.keep_no_places");
  if (kept) return of_this_host < kMaxOfPeersHost;
  return links_.size() < kMaxLinks && strangers < kMaxStrangers && strangers_of_this_host < kMaxOfOneHost;
}

void ClusterLinks::on_stream_connected(Instant now, LinkId id, const PeerIdentity& identity) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.connected) return;
  Link& link = found->second;
  if (std::string objection = objection_(identity, link.node); !objection.empty()) {
    return drop(now, id, Refusal::Certificate, "syncer \"" + link.node + "\": " + std::move(objection));
  }
  link.identity = identity;
  link.connected = true;
  link.heard = now;
  open_stream(id, link);
  if (ready(link)) introduce(now, id, link);
}

/// The first message on a link that we dialled.
void ClusterLinks::introduce(Instant now, LinkId id, Link& link) {
  peers_.at(link.node).next_pulse = now + kPulse;
  write(id, link, *hello_);
  events_.hellos = true;
}

void ClusterLinks::on_stream_data(Instant now, LinkId id, ByteView bytes) {
  for (auto found = links_.find(id); found != links_.end(); found = links_.find(id)) {
    Link& link = found->second;
    link.heard = now;
    const auto frame = link.reader.next(bytes);
    if (!frame) return drop(now, id, Refusal::Unreadable, frame.error().detail);
    if (!*frame) return;
    const auto opened = link.stream.read(seal_, (*frame)->type, (*frame)->body);
    if (!opened) return drop(now, id, Refusal::Unreadable, opened.error().detail);
    if (!*opened) {
      if (link.dialled) introduce(now, id, link);
      continue;
    }
    auto message = wire::decode_cluster((*opened)->type, (*opened)->body);
    if (!message) return drop(now, id, Refusal::Unreadable, message.error().detail);
    auto fault = take(now, id, link, std::move(*message));
    if (fault) return drop(now, id, fault->why, std::move(fault->reason));
  }
}

/// Why the message may not come on this link; nothing when it was taken.
std::optional<ClusterLinks::Fault> ClusterLinks::take(Instant now, LinkId id, Link& link,
                                                      wire::ClusterMessage message) {
  const Fault out_of_place{Refusal::OutOfPlace, "message out of place"};
  if (const auto* pulse = std::get_if<wire::Pulse>(&message)) {
    if (pulse->answer != link.dialled) return out_of_place;
    return pulse->answer ? std::nullopt : answer(id, link);
  }
  if (link.dialled) return out_of_place;
  if (auto* hello = std::get_if<wire::ClusterHello>(&message)) {
    if (!hello_ || hello->region != hello_->region || hello->node == hello_->node) return out_of_place;
    if (std::string objection = objection_(link.identity, hello->node); !objection.empty()) {
      return Fault{Refusal::Certificate, std::move(objection)};
    }
    if (on_hello(now, id, link, std::move(*hello))) return std::nullopt;
    return Fault{Refusal::Rival, "another link of that syncer is alive"};
  }
  if (!link.hello) return out_of_place;
  if (auto* share = std::get_if<wire::KeyShare>(&message)) {
    events_.keys.push_back(std::move(share->key));
    return std::nullopt;
  }
  events_.received.push_back({link.node, link.hello->disk, std::get<raft::Message>(std::move(message))});
  return std::nullopt;
}

/// Of a pulse. Nothing is said to who has not said who it is, and nothing is kept for who does not read.
std::optional<ClusterLinks::Fault> ClusterLinks::answer(LinkId id, Link& link) {
  if (!link.hello && !SYNCER_MUTATED("cluster.answer_anybody")) return Fault{Refusal::OutOfPlace, "pulse before hello"};
  write(id, link, wire::Pulse{true});
  const bool reads = streams_.backlog(id) <= kMaxBacklog || SYNCER_MUTATED("cluster.keep_what_nobody_reads");
  return reads ? std::nullopt : std::optional(Fault{Refusal::Unread, "the other side does not read"});
}

bool ClusterLinks::on_hello(Instant now, LinkId id, Link& link, wire::ClusterHello hello) {
  if (link.hello && link.node != hello.node) return false;
  for (const auto& [other, known] : links_) {
    const bool same = other != id && !known.dialled && known.hello && known.node == hello.node;
    if (same && known.heard + kAlive > now && !SYNCER_MUTATED("cluster.displace_the_present")) return false;
  }
  link.reader.limit(wire::kMaxFrame);
  link.node = hello.node;
  link.hello = std::move(hello);
  events_.hellos = true;
  std::vector<LinkId> older;
  for (const auto& [other, known] : links_) {
    if (other != id && !known.dialled && known.node == link.node) older.push_back(other);
  }
  for (const LinkId other : older) {
    streams_.close(other);
    links_.erase(other);
  }
  return true;
}

void ClusterLinks::on_stream_closed(Instant now, LinkId id) { forget(now, id); }

void ClusterLinks::refuse(Refusal why, std::string reason) {
  if (!SYNCER_MUTATED("cluster.count_no_refusals")) refusals_.count(why);
  events_.dropped.push_back(std::move(reason));
}

void ClusterLinks::drop(Instant now, LinkId id, Refusal why, std::string reason) {
  refuse(why, std::move(reason));
  if (!SYNCER_MUTATED("cluster.forget_dropped_streams_unclosed")) streams_.close(id);
  forget(now, id);
}

void ClusterLinks::forget(Instant now, LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  const Link link = std::move(found->second);
  links_.erase(found);
  if (!link.dialled) return;
  events_.lost.push_back(link.node);
  const auto peer = peers_.find(link.node);
  if (peer == peers_.end() || peer->second.out != id) return;
  peer->second.out.reset();
  if (!ready(link)) peer->second.current = (peer->second.current + 1) % peer->second.addresses.size();
  peer->second.next_attempt = now + random_.between(kRedialPause / 2, kRedialPause);
}

void ClusterLinks::write(LinkId id, Link& link, const wire::ClusterMessage& message) {
  streams_.send(id, link.stream.write(seal_, wire::encode_cluster(message)));
}

void ClusterLinks::send(Instant now, const std::string& node, const wire::ClusterMessage& message) {
  const auto peer = peers_.find(node);
  if (peer == peers_.end() || !peer->second.out) return;
  const LinkId id = *peer->second.out;
  Link& link = links_.at(id);
  if (!ready(link)) return;
  write(id, link, message);
  if (streams_.backlog(id) > kMaxBacklog) drop(now, id, Refusal::Unread, "the other side does not read");
}

const wire::ClusterHello* ClusterLinks::hello(const std::string& node) const {
  for (const auto& [id, link] : links_) {
    if (!link.dialled && link.hello && link.node == node) return &*link.hello;
  }
  return nullptr;
}

std::vector<wire::ClusterHello> ClusterLinks::hellos() const {
  std::vector<wire::ClusterHello> all;
  for (const auto& [id, link] : links_) {
    if (link.hello) all.push_back(*link.hello);
  }
  return all;
}

std::vector<ClusterLinks::Introduction> ClusterLinks::introductions() const {
  std::vector<Introduction> all;
  for (const auto& [id, link] : links_) {
    if (link.hello) all.push_back({*link.hello, link.from});
  }
  return all;
}

std::optional<Instant> ClusterLinks::last_heard(const std::string& node) const {
  std::optional<Instant> last;
  for (const auto& [id, link] : links_) {
    const bool known = ready(link) && (link.dialled || link.hello);
    if (known && link.node == node) last = std::max(last.value_or(link.heard), link.heard);
  }
  return last;
}

void ClusterLinks::advance(Instant now) {
  std::vector<LinkId> silent;
  for (const auto& [id, link] : links_) {
    if (expiry(link) <= now) silent.push_back(id);
  }
  for (const LinkId id : silent) {
    const Link& link = links_.at(id);
    if (!link.dialled && !link.hello) refusals_.count(Refusal::Silent);
    streams_.close(id);
    forget(now, id);
  }
  if (!hello_) return;
  for (auto& [node, peer] : peers_) {
    if (!peer.out && peer.next_attempt <= now) dial(now, node, peer);
    if (!peer.out || peer.next_pulse > now || !ready(links_.at(*peer.out))) continue;
    peer.next_pulse = now + kPulse;
    write(*peer.out, links_.at(*peer.out), wire::Pulse{false});
  }
}

Instant ClusterLinks::next_deadline() const {
  Instant next = kNever;
  for (const auto& [id, link] : links_) next = std::min(next, expiry(link));
  if (!hello_) return next;
  for (const auto& [node, peer] : peers_) {
    if (!peer.out)
      next = std::min(next, peer.next_attempt);
    else if (ready(links_.at(*peer.out)))
      next = std::min(next, peer.next_pulse);
  }
  return next;
}

void ClusterLinks::fill(Sizes& sizes) const {
  sizes.links = links_.size();
  sizes.peers = peers_.size();
  for (const auto& [id, link] : links_) sizes.buffered_bytes += link.reader.buffered();
}

}  // namespace syncer::cluster
