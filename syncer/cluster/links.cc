// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/links.h"

#include <algorithm>
#include <utility>

namespace syncer::cluster {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDialTimeout = 1s;
constexpr Duration kPulse = 500ms;
/// Without an answer to a pulse for this long the link is dialled anew.
constexpr Duration kSilence = 2s;
/// An accepted link without a hello for this long, or with nothing at all for that long, is closed.
constexpr Duration kStranger = 5s;
constexpr Duration kAbandoned = 10s;
/// Between a lost link and the next attempt; half of it is drawn.
constexpr Duration kRedialPause = 400ms;
constexpr std::size_t kMaxLinks = 64;
/// Bytes a peer may leave unread. Raft repeats what matters.
constexpr std::size_t kMaxBacklog = std::size_t{4} << 20U;

}  // namespace

Duration ClusterLinks::silence_limit(const Link& link) {
  if (link.dialled) return link.connected ? kSilence : kDialTimeout;
  return link.hello ? kAbandoned : kStranger;
}

void ClusterLinks::set_hello(Instant now, wire::ClusterHello hello) {
  if (hello_ == hello) return;
  hello_ = std::move(hello);
  for (auto& [id, link] : links_) {
    if (link.dialled && link.connected) write(id, link, *hello_);
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
  link.heard = now;
  peer.out = id;
  streams_.connect(id, peer.addresses[peer.current]);
}

void ClusterLinks::accept(Instant now, LinkId id) {
  if (links_.size() >= kMaxLinks) {
    events_.dropped.emplace_back("too many connections on the cluster port");
    return streams_.close(id);
  }
  Link& link = links_[id];
  link.connected = true;
  link.heard = now;
}

void ClusterLinks::on_stream_connected(Instant now, LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end() || found->second.connected) return;
  Link& link = found->second;
  link.connected = true;
  link.heard = now;
  peers_.at(link.node).next_pulse = now + kPulse;
  write(id, link, *hello_);
  events_.hellos = true;
}

void ClusterLinks::on_stream_data(Instant now, LinkId id, ByteView bytes) {
  for (auto found = links_.find(id); found != links_.end(); found = links_.find(id)) {
    Link& link = found->second;
    link.heard = now;
    const auto frame = link.reader.next(bytes);
    if (!frame) return drop(now, id, frame.error().detail);
    if (!*frame) return;
    const wire::Writer writer = link.dialled ? wire::Writer::Acceptor : wire::Writer::Dialer;
    const auto opened = seal_.open((*frame)->type, (*frame)->body, writer, link.read++);
    if (!opened) return drop(now, id, opened.error().detail);
    auto message = wire::decode_cluster(opened->type, opened->body);
    if (!message) return drop(now, id, message.error().detail);
    if (!take(id, link, std::move(*message))) return drop(now, id, "message out of place");
  }
}

/// False when the message may not come on this link.
bool ClusterLinks::take(LinkId id, Link& link, wire::ClusterMessage message) {
  if (const auto* pulse = std::get_if<wire::Pulse>(&message)) {
    if (pulse->answer != link.dialled) return false;
    if (!pulse->answer) write(id, link, wire::Pulse{true});
    return true;
  }
  if (link.dialled) return false;
  if (auto* hello = std::get_if<wire::ClusterHello>(&message)) {
    if (!hello_ || hello->region != hello_->region || hello->node == hello_->node) return false;
    on_hello(id, link, std::move(*hello));
    return true;
  }
  if (!link.hello) return false;
  if (auto* share = std::get_if<wire::KeyShare>(&message)) {
    events_.keys.push_back(std::move(share->key));
    return true;
  }
  events_.received.push_back({link.node, link.hello->disk, std::get<raft::Message>(std::move(message))});
  return true;
}

void ClusterLinks::on_hello(LinkId id, Link& link, wire::ClusterHello hello) {
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
}

void ClusterLinks::on_stream_closed(Instant now, LinkId id) { forget(now, id); }

void ClusterLinks::drop(Instant now, LinkId id, std::string reason) {
  events_.dropped.push_back(std::move(reason));
  streams_.close(id);
  forget(now, id);
}

void ClusterLinks::forget(Instant now, LinkId id) {
  const auto found = links_.find(id);
  if (found == links_.end()) return;
  const Link link = std::move(found->second);
  links_.erase(found);
  if (!link.dialled) {
    events_.hellos = events_.hellos || link.hello;
    return;
  }
  events_.lost.push_back(link.node);
  const auto peer = peers_.find(link.node);
  if (peer == peers_.end() || peer->second.out != id) return;
  peer->second.out.reset();
  if (!link.connected) peer->second.current = (peer->second.current + 1) % peer->second.addresses.size();
  peer->second.next_attempt = now + random_.between(kRedialPause / 2, kRedialPause);
}

void ClusterLinks::write(LinkId id, Link& link, const wire::ClusterMessage& message) {
  if (!link.preamble_sent) streams_.send(id, wire::preamble(wire::kClusterProtocol));
  link.preamble_sent = true;
  const wire::Writer writer = link.dialled ? wire::Writer::Dialer : wire::Writer::Acceptor;
  streams_.send(id, seal_.seal(wire::cluster_frame(message), writer, link.written++));
}

void ClusterLinks::send(Instant now, const std::string& node, const wire::ClusterMessage& message) {
  const auto peer = peers_.find(node);
  if (peer == peers_.end() || !peer->second.out) return;
  const LinkId id = *peer->second.out;
  Link& link = links_.at(id);
  if (!link.connected) return;
  write(id, link, message);
  if (streams_.backlog(id) > kMaxBacklog) drop(now, id, "the other side does not read");
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

std::optional<Instant> ClusterLinks::last_heard(const std::string& node) const {
  std::optional<Instant> last;
  for (const auto& [id, link] : links_) {
    const bool known = link.connected && (link.dialled || link.hello);
    if (known && link.node == node) last = std::max(last.value_or(link.heard), link.heard);
  }
  return last;
}

void ClusterLinks::advance(Instant now) {
  std::vector<LinkId> silent;
  for (const auto& [id, link] : links_) {
    if (link.heard + silence_limit(link) <= now) silent.push_back(id);
  }
  for (const LinkId id : silent) {
    streams_.close(id);
    forget(now, id);
  }
  if (!hello_) return;
  for (auto& [node, peer] : peers_) {
    if (!peer.out && peer.next_attempt <= now) dial(now, node, peer);
    if (!peer.out || peer.next_pulse > now || !links_.at(*peer.out).connected) continue;
    peer.next_pulse = now + kPulse;
    write(*peer.out, links_.at(*peer.out), wire::Pulse{false});
  }
}

Instant ClusterLinks::next_deadline() const {
  Instant next = kNever;
  for (const auto& [id, link] : links_) next = std::min(next, link.heard + silence_limit(link));
  if (!hello_) return next;
  for (const auto& [node, peer] : peers_) {
    if (!peer.out)
      next = std::min(next, peer.next_attempt);
    else if (links_.at(*peer.out).connected)
      next = std::min(next, peer.next_pulse);
  }
  return next;
}

}  // namespace syncer::cluster
