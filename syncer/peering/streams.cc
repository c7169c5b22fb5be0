// SPDX-License-Identifier: Apache-2.0
// The streams of the peering: dialling, reading, closing, and carrying what the core says.
#include <algorithm>
#include <utility>

#include "syncer/peering/peering.h"

namespace syncer::peering {
namespace {

/// A dial that takes longer will not succeed.
/// Room for the outputs of ordinary inputs is kept, that for a whole set is not.
constexpr std::size_t kSpareOutputs = 64;
constexpr Duration kConnectTimeout = std::chrono::seconds(2);
/// Accepted streams that have not said who they are; more are closed at once.
constexpr std::size_t kMaxStrangers = 256;
/// A peer that leaves so much unread is cut off. Windows keep an honest one far below.
constexpr std::size_t kMaxBacklog = std::size_t{8} << 20U;

Instant expiry(const PeerLink& link, Duration silence) {
  const bool dialling = link.state == PeerLink::State::Connecting;
  return saturating_add(link.last_read, dialling ? std::min(kConnectTimeout, silence) : silence);
}

}  // namespace

void Peering::dial_due(Instant now) {
  if (!publishing_) return;
  for (auto& [name, peer] : peers_) {
    if (!peer.out && peer.dialer.next_attempt() <= now) dial(now, peer);
  }
}

void Peering::dial(Instant now, Peer& peer) {
  const LinkId id = next_link_();
  PeerLink& link = links_[id];
  link.id = id;
  link.dialer = true;
  link.address = peer.dialer.address();
  link.region = peer.name;
  link.last_read = now;
  peer.out = id;
  watch_at_ = std::min(watch_at_, expiry(link, config_.sync.silence));
  streams_.connect(id, link.address);
}

void Peering::on_stream_accepted(Instant now, LinkId id, const Endpoint& from) {
  const auto strangers =
      std::count_if(links_.begin(), links_.end(), [](const auto& entry) { return entry.second.region.empty(); });
  if (static_cast<std::size_t>(strangers) >= kMaxStrangers) {
    report_.frame_dropped(now, "", "too many strangers");
    return streams_.close(id);
  }
  PeerLink& link = links_[id];
  link.id = id;
  link.state = PeerLink::State::Greeting;
  link.address = from;
  link.last_read = now;
  watch_at_ = std::min(watch_at_, expiry(link, config_.sync.silence));
}

void Peering::on_stream_connected(Instant now, LinkId id) {
  const auto it = links_.find(id);
  if (it == links_.end() || it->second.state != PeerLink::State::Connecting) return;
  it->second.state = PeerLink::State::Greeting;
  it->second.last_read = now;
  const replication::OwnLog& log = core_.log();
  const wire::Hello hello{config_.region, config_.node, run_, config_.single, log.epoch(), log.head()};
  it->second.send(streams_, wire::encode_sync(wire::SyncMessage(hello)));
}

void Peering::on_stream_data(Instant now, LinkId id, ByteView octets) {
  const auto it = links_.find(id);
  if (it == links_.end()) return;
  it->second.last_read = now;
  read(now, id, octets);
}

void Peering::read(Instant now, LinkId id, ByteView octets) {
  // A message may close its own link, so it is looked up anew for each.
  for (auto it = links_.find(id); it != links_.end(); it = links_.find(id)) {
    const auto message = it->second.next(octets);
    if (!message && message.error().code == ErrorCode::Unsupported && !it->second.dialer) {
      return refuse(now, it->second, "", "", message.error().detail, false);
    }
    if (!message) return drop_frame(now, it->second, message.error().detail);
    if (!*message) return;
    on_message(now, it->second, **message);
  }
}

void Peering::on_stream_closed(Instant now, LinkId id, std::string_view reason) {
  const auto it = links_.find(id);
  if (it == links_.end()) return;
  const PeerLink link = std::move(it->second);
  links_.erase(it);
  report_.link_down(now, link, reason);
  detach(now, link);
  dial_due(now);
}

void Peering::close(Instant now, LinkId id, std::string_view reason) {
  const auto it = links_.find(id);
  if (it == links_.end()) return;
  const PeerLink link = std::move(it->second);
  links_.erase(it);
  streams_.close(id);
  report_.link_down(now, link, reason);
  detach(now, link);
}

void Peering::detach(Instant now, const PeerLink& link) {
  if (link.region.empty()) return;
  Peer& remote = peer_of(link);
  if (remote.in == link.id) remote.in.reset();
  if (remote.out != link.id) return;
  remote.out.reset();
  core_.reader_down(remote.id);
  remote.dialer.failed(now);
}

void Peering::drop_frame(Instant now, PeerLink& link, std::string_view reason) {
  report_.frame_dropped(now, link.region, reason);
  close(now, link.id, reason);
}

void Peering::close_silent(Instant now) {
  std::vector<LinkId> silent;
  watch_at_ = kNever;
  for (const auto& [id, link] : links_) {
    const Instant expires = expiry(link, config_.sync.silence);
    if (expires <= now)
      silent.push_back(id);
    else
      watch_at_ = std::min(watch_at_, expires);
  }
  for (const LinkId id : silent) close(now, id, "silent for too long");
}

void Peering::send(Instant now, LinkId id, ByteView frame) {
  const auto it = links_.find(id);
  if (it == links_.end()) return;
  it->second.send(streams_, frame);
  if (streams_.backlog(id) > kMaxBacklog) close(now, id, "the other side does not read");
}

void Peering::carry_out(Instant now, replication::Outputs& out) {
  for (replication::Output& output : out) carry_out(now, output);
  out.clear();
  if (out.capacity() <= kSpareOutputs) spare_outputs_ = std::move(out);
}

void Peering::carry_out(Instant now, replication::Output& output) {
  using namespace replication;  // NOLINT(google-build-using-namespace): its outputs
  if (const auto* word = std::get_if<Publish>(&output)) return publish(now, *word);
  if (const auto* question = std::get_if<Ask>(&output)) return ask(now, *question);
  if (const auto* appended = std::get_if<Appended>(&output)) return report_.on(now, *appended);
  if (auto* changed = std::get_if<Changed>(&output)) {
    if (!changed->repaired) report_.on(now, name_of(changed->region), *changed);
    changes_.push_back({name_of(changed->region), std::move(changed->key)});
  } else if (const auto* bound = std::get_if<Bound>(&output)) {
    report_.on(now, name_of(bound->region), *bound);
  } else if (const auto* mismatch = std::get_if<Mismatch>(&output)) {
    report_.on(now, name_of(mismatch->region), *mismatch);
  } else if (const auto* stale = std::get_if<StaleEpoch>(&output)) {
    report_.stale_epoch(now, name_of(stale->region), stale->got, stale->known);
  } else if (const auto* old = std::get_if<EpochTooOld>(&output)) {
    want_reopen(old->known);
  } else if (const auto* dropped = std::get_if<Dropped>(&output)) {
    report_.frame_dropped(now, name_of(dropped->from), dropped->reason);
  }
}

void Peering::publish(Instant now, const replication::Publish& publish) {
  const Bytes frame = wire::encode_sync(publish.message);
  for (const replication::RegionId to : publish.to) {
    const Peer& remote = peer(name_of(to));
    if (remote.out) send(now, *remote.out, frame);
  }
}

void Peering::ask(Instant now, const replication::Ask& ask) {
  const Peer& remote = peer(name_of(ask.to));
  if (remote.in) send(now, *remote.in, wire::encode_sync(ask.message));
}

}  // namespace syncer::peering
