// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/peering.h"

#include <algorithm>
#include <map>
#include <variant>

#include "syncer/base/mutation.h"

namespace syncer::peering {
namespace {

/// Room for the outputs of ordinary inputs is kept, that for a whole set is not.
constexpr std::size_t kSpareOutputs = 64;

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
      observer_(observer),
      links_(streams, observer, config_.sync.silence, std::move(next_link)),
      handshake_(config_, random.stream("run").next()),
      peers_(config_.sync.connect_retry, random, now),
      core_(options_of(config_.sync), now) {}

// What the node decides.

void Peering::set_regions(Instant now, std::vector<RemoteRegion> regions) {
  std::map<std::string, std::vector<RemoteRegion>> alternatives;
  for (const auto& [name, peer] : peers_) alternatives[name];
  for (RemoteRegion& remote : regions) {
    const bool sibling = remote.region == config_.region && (remote.node == config_.node || !config_.single);
    // Gossip remembers the dead for long; a region that was forgotten stays so.
    const bool news = remote.alive || peers_.find(remote.region) != nullptr;
    if (!sibling && news) alternatives[remote.region].push_back(std::move(remote));
  }
  handshake_.set_rivals(alternatives[config_.region]);
  for (auto& [name, nodes] : alternatives) {
    if (nodes.empty() && peers_.find(name) == nullptr) continue;
    Peer& peer = peers_.at(name);
    const bool left = nodes.empty();
    peer.in_pool = peer.in_pool || !left;
    peer.alive = std::any_of(nodes.begin(), nodes.end(), [](const RemoteRegion& node) { return node.alive; });
    if (left)
      core_.remove_peer(peer.id);
    else
      core_.add_peer(peer.id);
    peer.dialer.set_alternatives(now, std::move(nodes));
    if (left && peer.out) close(now, *peer.out, "the region left");
    note_presence(now, peer);
  }
  dial_due(now);
}

void Peering::open_epoch(Instant now, Epoch epoch, std::vector<std::pair<Bytes, Bytes>> full_set) {
  publishing_ = true;
  if (reopen_wanted_ && epoch > *reopen_wanted_) reopen_wanted_.reset();
  observe(observer_, now, EventKind::EpochOpened, Severity::Info,
          {{"region", config_.region},
           {"epoch_generation", epoch.generation},
           {"epoch_term", epoch.term},
           {"count", static_cast<std::uint64_t>(full_set.size())}});
  replication::Outputs out = take_outputs();
  core_.open_epoch(now, epoch, std::move(full_set), out);
  carry_out(now, out);
  dial_due(now);
}

void Peering::close_epoch(Instant now) {
  publishing_ = false;
  for (const LinkId id : links_.ids()) close(now, id, "this node is not the writer any more");
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

void Peering::raise_floor(Instant now, std::string_view region, Epoch floor) {
  if (peers_.is_full_for(region)) return;
  const replication::Replica* held = replica(region);
  if (held != nullptr && held->epoch() < floor) forget(now, region);
  Peer& peer = peers_.at(region);
  note_presence(now, peer);
  core_.receiver(peer.id).raise_floor(floor);
  if (floor <= peer.known_epoch) return;
  peer.known_epoch = floor;
  peer.known_run = 0;
}

void Peering::forget(Instant now, std::string_view region) {
  const Peer* peer = peers_.find(region);
  if (peer == nullptr) return;
  replication::Outputs out = take_outputs();
  core_.forget(peer->id, out);
  carry_out(now, out);
}

// From the streams to the core.

void Peering::on_stream_connected(Instant now, LinkId id) {
  PeerLink* link = links_.find(id);
  if (link == nullptr || link->state != PeerLink::State::Connecting) return;
  link->state = PeerLink::State::Greeting;
  link->last_read = now;
  const wire::Hello hello = handshake_.hello(core_.log().epoch(), core_.log().head());
  send(now, id, wire::encode_sync(wire::SyncMessage(hello)));
}

void Peering::on_stream_data(Instant now, LinkId id, ByteView bytes) {
  if (PeerLink* link = links_.find(id)) link->last_read = now;
  // A message may close its own link, so it is looked up anew for each.
  while (PeerLink* link = links_.find(id)) {
    const auto message = link->next(bytes);
    if (!message && message.error().code == ErrorCode::Unsupported && !link->dialer) {
      return refuse(now, *link, "", "", handshake_.refusal(message.error().detail, false));
    }
    if (!message) return drop(now, *link, message.error().detail);
    if (!*message) return;
    on_message(now, *link, **message);
  }
}

void Peering::on_message(Instant now, PeerLink& link, const wire::SyncMessage& message) {
  const auto* from_writer = std::get_if<replication::WriterMessage>(&message);
  const auto* from_reader = std::get_if<replication::ReaderMessage>(&message);
  if (link.state == PeerLink::State::Up) {
    if (from_writer != nullptr && !link.dialer) return on_writer_message(now, link, *from_writer);
    if (from_reader == nullptr || !link.dialer) return drop(now, link, "message in the wrong direction");
    replication::Outputs out = take_outputs();
    core_.receive(now, peers_.at(link.region).id, *from_reader, out);
    return carry_out(now, out);
  }
  if (link.dialer) return on_greeting_answer(now, link, message);
  if (const auto* hello = std::get_if<wire::Hello>(&message)) return on_hello(now, link, *hello);
  drop(now, link, "no hello");
}

void Peering::on_hello(Instant now, PeerLink& link, const wire::Hello& hello) {
  const Peer* known = peers_.find(hello.region);
  const PeerLink* present = known != nullptr && known->in ? links_.find(*known->in) : nullptr;
  const auto answer = handshake_.answer(now, hello, known, present, peers_.is_full_for(hello.region));
  if (!answer) return close(now, link.id, "no leader is known yet");
  if (const auto* welcome = std::get_if<wire::Welcome>(&*answer)) return accept(now, link, hello, *welcome);
  if (const auto* refusal = std::get_if<wire::Refuse>(&*answer)) {
    return refuse(now, link, hello.region, hello.node, *refusal);
  }
  links_.send(link, wire::encode_sync(*answer));
  close(now, link.id, "sent to the leader");
}

void Peering::accept(Instant now, PeerLink& link, const wire::Hello& hello, const wire::Welcome& welcome) {
  Peer& peer = peers_.at(hello.region);
  link.region = hello.region;
  if (peer.in) close(now, *peer.in, "replaced by a newer link");
  peer.in = link.id;
  note_presence(now, peer);
  core_.writer_up(peer.id);
  links_.send(link, wire::encode_sync(wire::SyncMessage(welcome)));
  links_.set_up(now, link, hello.node, hello.run);
}

void Peering::on_greeting_answer(Instant now, PeerLink& link, const wire::SyncMessage& answer) {
  if (const auto* welcome = std::get_if<wire::Welcome>(&answer)) return on_welcome(now, link, *welcome);
  if (const auto* refusal = std::get_if<wire::Refuse>(&answer)) return on_refuse(now, link, *refusal);
  const auto* redirect = std::get_if<wire::Redirect>(&answer);
  if (redirect == nullptr) return drop(now, link, "no answer to the hello");
  Peer& peer = peers_.at(link.region);
  close(now, link.id, "redirected to the leader");
  peer.dialer.on_redirect(now, redirect->rpc);
  dial_due(now);
}

void Peering::on_welcome(Instant now, PeerLink& link, const wire::Welcome& welcome) {
  if (welcome.region != link.region) {
    const std::string reason = "the address answers for region \"" + welcome.region + "\"";
    links_.report_refusal(now, link, link.region, welcome.node, reason);
    return close(now, link.id, reason);
  }
  if (const auto known = handshake_.epoch_to_exceed(welcome, core_.log().epoch())) want_reopen(*known);
  Peer& peer = peers_.at(link.region);
  peer.dialer.on_success();
  links_.set_up(now, link, welcome.node, welcome.run);
  peer.exchange.opened(now);
  note_presence(now, peer);
  replication::Outputs out = take_outputs();
  core_.reader_up(peer.id, out);
  carry_out(now, out);
}

void Peering::on_refuse(Instant now, PeerLink& link, const wire::Refuse& refusal) {
  links_.report_refusal(now, link, refusal.region, refusal.node, refusal.reason);
  if (refusal.conflict) handshake_.note_conflict(now, config_.region, refusal.reason);
  Peer& peer = peers_.at(link.region);
  close(now, link.id, refusal.reason);
  peer.dialer.on_refusal(now);
}

void Peering::on_writer_message(Instant now, const PeerLink& link, const replication::WriterMessage& message) {
  Peer& peer = peers_.at(link.region);
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const bool another_run = peer.known_run != 0 && link.run != peer.known_run;
  if (epoch == peer.known_epoch && another_run) {
    // The same epoch from another process: it lost its disk and does not know yet that the epoch was used up.
    return report_stale_epoch(observer_, now, peer.name, epoch, peer.known_epoch);
  }
  if (epoch >= peer.known_epoch) {
    peer.known_epoch = epoch;
    peer.known_run = link.run;
    peer.last_heard = now;
    peer.heard = true;
  }
  replication::Outputs out = take_outputs();
  core_.receive(now, peer.id, message, out);
  carry_out(now, out);
}

// From the core to the streams, the observer and the node.

void Peering::carry_out(Instant now, replication::Outputs& out) {
  for (replication::Output& output : out) carry_out(now, output);
  out.clear();
  if (out.capacity() <= kSpareOutputs) spare_outputs_ = std::move(out);
}

void Peering::carry_out(Instant now, replication::Output& output) {
  using namespace replication;  // NOLINT(google-build-using-namespace): its outputs
  if (const auto* message = std::get_if<Publish>(&output)) return publish(now, *message);
  if (const auto* question = std::get_if<Ask>(&output)) return ask(now, *question);
  if (const auto* own = std::get_if<Appended>(&output)) {
    report_entry(observer_, now, EventKind::EntryAppended, config_.region, own->version, own->op, own->key);
  } else if (auto* changed = std::get_if<Changed>(&output)) {
    const std::string& region = peers_.name_of(changed->region);
    if (!changed->repaired)
      report_entry(observer_, now, EventKind::EntryApplied, region, changed->version, changed->op, changed->key);
    changes_.push_back({region, std::move(changed->key), changed->judged});
  } else if (const auto* bound = std::get_if<Bound>(&output)) {
    report_bound(observer_, now, peers_.name_of(bound->region), *bound);
  } else if (const auto* mismatch = std::get_if<Mismatch>(&output)) {
    report_mismatch(observer_, now, peers_.name_of(mismatch->region), mismatch->version);
  } else if (const auto* stale = std::get_if<StaleEpoch>(&output)) {
    report_stale_epoch(observer_, now, peers_.name_of(stale->region), stale->got, stale->known);
  } else if (const auto* old = std::get_if<EpochTooOld>(&output)) {
    want_reopen(old->known);
  } else if (const auto* dropped = std::get_if<Dropped>(&output)) {
    links_.report_drop(now, peers_.name_of(dropped->from), dropped->reason);
  }
}

void Peering::publish(Instant now, const replication::Publish& publish) {
  const Bytes frame = wire::encode_sync(publish.message);
  for (const replication::RegionId to : publish.to) {
    const Peer& peer = peers_.at(peers_.name_of(to));
    if (peer.out) send(now, *peer.out, frame);
  }
}

void Peering::ask(Instant now, const replication::Ask& ask) {
  const Peer& peer = peers_.at(peers_.name_of(ask.to));
  if (peer.in) send(now, *peer.in, wire::encode_sync(ask.message));
}

void Peering::want_reopen(Epoch known) {
  if (!SYNCER_MUTATED("peering.ignore_known_epoch")) reopen_wanted_ = std::max(reopen_wanted_.value_or(Epoch{}), known);
}

// Links.

void Peering::dial_due(Instant now) {
  if (!publishing_) return;
  for (auto& [name, peer] : peers_) {
    if (peer.out || peer.dialer.next_attempt() > now) continue;
    peer.out = links_.dial(now, name, peer.dialer.address());
  }
}

void Peering::send(Instant now, LinkId id, ByteView frame) {
  PeerLink* link = links_.find(id);
  if (link != nullptr && !links_.send(*link, frame)) close(now, id, "the other side does not read");
}

void Peering::refuse(Instant now, PeerLink& link, const std::string& region, const std::string& node,
                     const wire::Refuse& refusal) {
  links_.report_refusal(now, link, region, node, refusal.reason);
  links_.send(link, wire::encode_sync(wire::SyncMessage(refusal)));
  close(now, link.id, refusal.reason);
}

void Peering::drop(Instant now, PeerLink& link, std::string_view reason) {
  links_.report_drop(now, link.region, reason);
  close(now, link.id, reason);
}

void Peering::close(Instant now, LinkId id, std::string_view reason) {
  if (const auto link = links_.close(now, id, reason)) detach(now, *link, reason);
}

void Peering::close_silent(Instant now, LinkId id) {
  constexpr std::string_view kReason = "silent for too long";
  const PeerLink* link = links_.find(id);
  if (link->dialer && link->state != PeerLink::State::Up) links_.report_failed_dial(now, *link, kReason);
  close(now, id, kReason);
}

void Peering::on_stream_closed(Instant now, LinkId id, std::string_view reason) {
  const auto link = links_.on_closed(now, id, reason);
  if (!link) return;
  if (link->dialer && link->state != PeerLink::State::Up) links_.report_failed_dial(now, *link, reason);
  detach(now, *link, reason);
  dial_due(now);
}

/// The region of a link that is gone learns of it.
void Peering::detach(Instant now, const PeerLink& link, std::string_view reason) {
  if (link.region.empty()) return;
  Peer& peer = peers_.at(link.region);
  if (peer.in == link.id) peer.in.reset();
  const bool published = peer.out == link.id;
  if (published) peer.out.reset();
  note_presence(now, peer);
  if (!published) return;
  peer.exchange.lost(link.address, reason);
  core_.reader_down(peer.id);
  peer.dialer.on_failure(now);
}

void Peering::advance(Instant now) {
  replication::Outputs out = take_outputs();
  core_.advance(now, out);
  carry_out(now, out);
  for (const LinkId id : links_.take_silent(now)) close_silent(now, id);
  handshake_.advance(now);
  look_at_exchanges(now);
  dial_due(now);
}

Instant Peering::next_deadline() const {
  Instant next = std::min({core_.next_deadline(), links_.next_deadline(), handshake_.next_deadline()});
  if (!publishing_) return next;
  for (const auto& [name, peer] : peers_) {
    if (!peer.out) next = std::min(next, peer.dialer.next_attempt());
  }
  return next;
}

// What is known of the regions.

void Peering::note_presence(Instant now, Peer& peer) {
  if (peer.alive || peer.in || is_published_to(peer)) {
    absent_.erase(peer.name);
    peer.absent_since = kNever;
    peer.unwanted = false;
  } else if (absent_.insert(peer.name).second) {
    peer.absent_since = now;
  }
}

/// As often as heartbeats go: what stalls does so for seconds.
void Peering::look_at_exchanges(Instant now) {
  if (now < next_look_) return;
  next_look_ = now + config_.sync.heartbeat;
  for (auto& [name, peer] : peers_) {
    const std::uint64_t open = is_published_to(peer) ? core_.publisher().unacknowledged(peer.id) : 0;
    const bool complete = !peer.in || state(peer, now).complete;
    if (!peer.exchange.look(now, core_.log().head() - open, open, complete)) continue;
    const std::string_view reason =
        peer.exchange.is_stalled() ? "it does not take what it is given" : "its records do not become complete";
    observe(observer_, now, EventKind::LinkStalled, Severity::Warning, {{"region", name}, {"reason", reason}});
  }
}

std::vector<std::string> Peering::forgettable(Instant now) const {
  std::vector<std::string> names;
  for (const std::string& name : absent_) {
    const Peer& peer = *peers_.find(name);
    const bool over = !peer.dialer.wanted() || now - peer.absent_since >= config_.sync.forget;
    if (over || peer.unwanted) names.push_back(name);
  }
  return names;
}

Result<void> Peering::may_forget(std::string_view region) const {
  const Peer* peer = peers_.find(region);
  if (peer == nullptr || region == config_.region) {
    return failure(ErrorCode::NotFound, "", "no other region is known as \"" + std::string(region) + "\"");
  }
  if (absent_.contains(region)) return {};
  return failure(ErrorCode::Refused, "", "region \"" + peer->name + "\" is there; stop its syncers first");
}

void Peering::want_forgotten(std::string_view region) {
  if (may_forget(region)) peers_.at(region).unwanted = true;
}

bool Peering::is_unwanted(std::string_view region) const {
  const Peer* peer = peers_.find(region);
  return peer != nullptr && peer->unwanted;
}

void Peering::erase_region(Instant now, std::string_view region) {
  Peer& peer = peers_.at(region);
  if (peer.out) close(now, *peer.out, "the region is forgotten");
  forget(now, region);
  core_.remove_peer(peer.id);
  observe(observer_, now, EventKind::RegionForgotten, Severity::Info, {{"region", region}});
  absent_.erase(peer.name);
  peers_.erase(region);
}

const replication::Replica* Peering::replica(std::string_view region) const {
  const Peer* peer = peers_.find(region);
  return peer == nullptr ? nullptr : core_.replica(peer->id);
}

std::vector<std::string> Peering::regions() const {
  std::vector<std::string> names;
  for (const auto& [name, peer] : peers_) {
    if (name != config_.region) names.push_back(name);
  }
  return names;
}

bool Peering::is_published_to(const Peer& peer) const {
  return peer.out && links_.find(*peer.out)->state == PeerLink::State::Up;
}

RegionState Peering::state(const Peer& peer, Instant now) const {
  const replication::Replica* replica = core_.replica(peer.id);
  const bool connected = peer.in && now - peer.last_heard <= config_.sync.silence;
  const bool complete = replica != nullptr && replica->consistent();
  return {connected, complete, core_.origin_healthy(peer.id)};
}

RegionState Peering::state(std::string_view region, Instant now) const {
  const Peer* peer = peers_.find(region);
  return peer == nullptr ? RegionState{} : state(*peer, now);
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
  const Peer* peer = peers_.find(region);
  if (peer == nullptr) return link;
  if (peer->heard) link.last_heard = peer->last_heard;
  link.up = peer->in.has_value();
  link.publishing = is_published_to(*peer);
  link.unacknowledged = core_.publisher().unacknowledged(peer->id);
  link.dial_problem = peer->exchange.dial_problem();
  link.stalled = link.publishing && peer->exchange.is_stalled();
  link.incomplete = link.up && peer->exchange.is_incomplete();
  link.in_pool = peer->in_pool && peer->dialer.wanted();
  link.left = peer->in_pool && !peer->dialer.wanted();
  link.conflict = handshake_.conflict(region);
  if (link.up) link.node = links_.find(*peer->in)->node;
  return link;
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
