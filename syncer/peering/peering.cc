// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/peering.h"

#include <algorithm>
#include <map>
#include <variant>

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::peering {
namespace {

/// Room for the outputs of ordinary inputs is kept, that for a whole set is not.
constexpr std::size_t kSpareOutputs = 64;

replication::Options options_of(const SyncSettings& sync) {
  replication::Options options;
  options.heartbeat = sync.heartbeat;
  options.flush = sync.flush;
  options.quota = {static_cast<std::size_t>(sync.max_records), static_cast<std::size_t>(sync.max_bytes),
                   sync.max_changes};
  // Asked again before the silence of a stalled repair looks like a dead link.
  options.retry = std::min(options.retry, sync.silence / 2);
  return options;
}

}  // namespace

Peering::Peering(PeeringConfig config, Streams& streams, Observer& observer, Random random, Instant now,
                 std::function<LinkId()> next_link, Signer* signer)
    : config_(std::move(config)),
      observer_(observer),
      links_(streams, observer, config_.sync.silence, std::move(next_link),
             wire::Seal("syncer sync 1", config_.keys, config_.nonce)),
      handshake_(config_, random.stream("run").next()),
      peers_(config_.sync.connect_retry, random, now),
      challenges_(config_.sync.heartbeat),
      core_(options_of(config_.sync), now),
      states_(config_, peers_, core_),
      absent_(config_, peers_),
      attestations_(config_, signer, random.stream("run").next()),
      relay_({config_, links_, peers_, core_, attestations_}, observer_, random.stream("run").next(),
             [this](Instant at, LinkId link, ByteView frame) { send(at, link, frame); }),
      pacing_(config_, links_, peers_, core_, [this](Instant at, replication::Outputs& out) { carry_out(at, out); }) {}

// What the node decides.

void Peering::reconfigure(Instant now, const SyncSettings& sync) {
  config_.sync = sync;
  states_.note_all();
  links_.set_silence(now, sync.silence);
  handshake_.set_authorization(Authorization(sync.regions));
  peers_.set_retry(sync.connect_retry);
  challenges_.set_heartbeat(sync.heartbeat);
  core_.set_options(now, options_of(sync));
  for (auto& [name, peer] : peers_) {
    pacing_.apply(now, peer);
    const bool takes_part = name == config_.region || handshake_.allows(name);
    if (takes_part || SYNCER_MUTATED("peering.go_on_with_regions_that_were_shut_out")) continue;
    constexpr std::string_view kReason = "the region is not one of sync.regions any more";
    if (const auto newcomer = challenges_.take(name)) close(now, newcomer->link, kReason);
    for (const auto link : {peer.in, peer.out}) {
      if (link) close(now, *link, kReason);
    }
  }
  relay_.links_changed();
}

void Peering::set_regions(Instant now, std::vector<RemoteRegion> regions) {
  states_.note_all();
  std::map<std::string, std::vector<RemoteRegion>> alternatives;
  for (const auto& [name, peer] : peers_) alternatives[name];
  for (RemoteRegion& remote : regions) {
    const bool sibling = remote.region == config_.region && (remote.node == config_.node || !config_.single);
    // Gossip remembers the dead for long; a region that was forgotten stays so.
    const bool news = remote.alive || peers_.find(remote.region) != nullptr;
    const bool allowed = remote.region == config_.region || handshake_.allows(remote.region);
    if (!sibling && news && allowed) alternatives[remote.region].push_back(std::move(remote));
  }
  handshake_.set_rivals(alternatives[config_.region]);
  for (auto& [name, nodes] : alternatives) {
    const bool is_new = peers_.find(name) == nullptr;
    if (is_new && (nodes.empty() || peers_.is_full_for(name))) continue;
    Peer& peer = peers_.at(name);
    const bool left = nodes.empty();
    if (!peer.in_pool && !left) peer.heard_directly = now;  // it has time to dial us before it is read otherwise
    peer.in_pool = peer.in_pool || !left;
    peer.note_members(nodes);
    show(now, peer, false);
    if (left)
      core_.remove_peer(peer.id);
    else if (publishing_)
      core_.add_peer(peer.id);
    peer.dialer.set_alternatives(now, std::move(nodes));
    if (left && peer.out) close(now, *peer.out, "the region left");
    note_presence(now, peer);
  }
  peers_.note_dialling();
  dial_due(now);
  relay_.links_changed();
  settle_ways(now);
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
  for (auto& [name, peer] : peers_) {
    if (peer.dialer.wanted()) core_.add_peer(peer.id);
    note_presence(now, peer);
  }
  dial_due(now);
}

void Peering::close_epoch(Instant now) {
  publishing_ = false;
  states_.note_all();
  for (const LinkId id : links_.ids()) close(now, id, "this node is not the writer any more");
  for (auto& [name, peer] : peers_) {
    peer.expected = false;
    // Nobody will read this log: what was removed is remembered for nobody.
    if (!SYNCER_MUTATED("peering.remember_removals_of_a_closed_epoch")) core_.remove_peer(peer.id);
    forget(now, name);
    resume(now, name);
    if (peer.writer.known_epoch() != Epoch{}) raise_floor(now, name, peer.writer.known_epoch());
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

void Peering::set_views(Instant now, ViewOf view_of, Duration pace) {
  view_of_ = std::move(view_of);
  view_pace_ = pace;
  for (auto& [name, peer] : peers_) show(now, peer, true);
  relay_.set_limited(view_of_ != nullptr);
  settle_ways(now);
}

/// Before anything is said to it, and `again` when views changed: who once had a view of its own keeps having one.
void Peering::show(Instant now, const Peer& peer, bool again) {
  const bool known = core_.has_view(peer.id);
  if (known && !again) return;
  replication::View view = view_of_ ? view_of_(peer.name) : nullptr;
  if (!view && !known) return;
  replication::Outputs out = take_outputs();
  core_.set_view(now, peer.id, view ? std::move(view) : replication::open_view(), view_pace_, !again, out);
  carry_out(now, out);
  relay_.links_changed();
}

const replication::Projection* Peering::projection(std::string_view region) const {
  const Peer* peer = peers_.find(region);
  return peer == nullptr ? nullptr : core_.projection(peer->id);
}

void Peering::pause(std::string_view region) {
  core_.pause(peers_.at(region).id);
  relay_.links_changed();
}

void Peering::resume(Instant now, std::string_view region) {
  replication::Outputs out = take_outputs();
  core_.resume(now, peers_.at(region).id, out);
  carry_out(now, out);
}

void Peering::raise_floor(Instant now, std::string_view region, Epoch floor) {
  if (peers_.is_full_for(region)) return;
  Peer& peer = peers_.at(region);
  states_.note(region);
  if (!peer.writer.raise(floor)) return doubt(now, peer.name, floor, peer.writer.known_epoch());
  const replication::Replica* held = core_.replica(peer.id);
  if (held != nullptr && held->epoch() < floor) forget(now, region);
  note_presence(now, peer);
  core_.receiver(peer.id).raise_floor(floor);
}

void Peering::forget(Instant now, std::string_view region) {
  const Peer* peer = peers_.find(region);
  if (peer == nullptr) return;
  states_.note(region);
  replication::Outputs out = take_outputs();
  core_.forget(peer->id, out);
  carry_out(now, out);
}

// From the streams to the core.

void Peering::on_stream_data(Instant now, LinkId id, ByteView bytes) {
  if (PeerLink* link = links_.find(id)) {
    link->last_read = now;
    links_.note_received(*link, bytes.size());
  }
  // A message may close its own link, so it is looked up anew for each.
  while (PeerLink* link = links_.find(id)) {
    const auto message = links_.next(*link, bytes);
    if (!message) return on_unreadable(now, *link, message.error());
    if (!*message && links_.hold_too_much(*link))
      return drop(now, *link, Refusal::TooLarge, "too much of unfinished frames");
    if (!*message) return greet(now, *link);
    on_message(now, *link, **message);
    settle_ways(now);
  }
}

/// A dialer that speaks another version, or not with our key, is told so.
void Peering::on_unreadable(Instant now, PeerLink& link, const Error& error) {
  const bool other_tongue = error.code == ErrorCode::Unsupported || error.code == ErrorCode::Refused;
  if (link.dialer || link.state != PeerLink::State::Greeting || !other_tongue) {
    return drop(now, link, Refusal::Unreadable, error.detail);
  }
  refuse(now, link, Refusal::Unreadable, "", "", handshake_.refusal(error.detail, false));
}

void Peering::on_message(Instant now, PeerLink& link, const wire::SyncMessage& message) {
  const auto* from_writer = std::get_if<replication::WriterMessage>(&message);
  const auto* from_reader = std::get_if<replication::ReaderMessage>(&message);
  if (link.state == PeerLink::State::Up) {
    Peer& peer = peers_.at(link.region);
    const bool attested = from_writer != nullptr && std::holds_alternative<replication::Attestation>(*from_writer);
    if (from_writer != nullptr && peer.in == link.id && !attested)
      return on_writer_message(now, link, peer, *from_writer);
    replication::Outputs out = take_outputs();
    if (from_reader != nullptr && peer.out == link.id) {
      core_.receive(now, peer.id, *from_reader, out);
    } else if (states_.note(link.region, message); !relay_.on_message(now, link, message, out)) {
      return drop(now, link, Refusal::OutOfTurn, "message in the wrong direction");
    }
    return carry_out(now, out);
  }
  if (link.dialer) return on_greeting_answer(now, link, message);
  if (const auto* hello = std::get_if<wire::Hello>(&message)) return on_hello(now, link, *hello);
  if (const auto* question = std::get_if<wire::Question>(&message)) return on_question(now, link, *question);
  drop(now, link, Refusal::OutOfTurn, "no hello");
}

void Peering::on_writer_message(Instant now, PeerLink& link, Peer& peer, const replication::WriterMessage& message) {
  states_.note(peer);
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const Epoch known = peer.writer.known_epoch();
  relay_.hear_directly(now, peer);
  switch (peer.writer.judge(now, link.run, epoch)) {
    case WriterTrust::Verdict::Hear:
      return hear(now, link, peer, epoch, message);
    case WriterTrust::Verdict::SameEpoch:
      return refuse_stale(now, peer.name, epoch, known);
    case WriterTrust::Verdict::Doubt:
      if (epoch > known) return doubt(now, peer.name, epoch, known);
      return hear(now, link, peer, epoch, message);  // refused as stale, and its writer is told what is known
    case WriterTrust::Verdict::Believe:
      doubt(now, peer.name, known, epoch);
      core_.receiver(peer.id).forget_epoch();
      return hear(now, link, peer, epoch, message);
  }
}

void Peering::hear(Instant now, PeerLink& link, Peer& peer, Epoch epoch, const replication::WriterMessage& message) {
  replication::Outputs out = take_outputs();
  const replication::Heard heard = core_.receive(now, peer.id, message, out);
  if (heard != replication::Heard::Word) link.last_of_use = now;
  peer.writer.heard(now, link.run, epoch, heard);
  const bool is_push = std::holds_alternative<replication::Push>(message);
  if (is_push && heard == replication::Heard::Progress && core_.over_quota(peer.id)) links_.count(Refusal::OverQuota);
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
  if (const auto* message = std::get_if<Publish>(&output)) {
    publish(now, message->to, wire::encode_sync(message->message), std::holds_alternative<Chunk>(message->message));
    return relay_.vouching().vouch(now, *message);
  }
  if (const auto* passed = std::get_if<PassOn>(&output)) {
    const auto* attestation = std::get_if<Attestation>(&passed->message);
    if (attestation != nullptr) return relay_.vouching().pass_on(now, passed->origin, passed->to, *attestation);
    const bool bulky = std::holds_alternative<Chunk>(passed->message);
    return publish(now, passed->to, wire::encode_sync(peers_.name_of(passed->origin), passed->message), bulky);
  }
  if (const auto* question = std::get_if<Ask>(&output)) return ask(now, *question);
  if (const auto* own = std::get_if<Appended>(&output)) {
    append_times_.note(now, own->version.epoch, own->version.seq);
    report_entry(observer_, now, EventKind::EntryAppended, config_.region, own->version, own->op, own->key);
  } else if (auto* changed = std::get_if<Changed>(&output)) {
    const std::string& region = peers_.name_of(changed->region);
    if (!changed->repaired)
      report_entry(observer_, now, EventKind::EntryApplied, region, changed->version, changed->op, changed->key);
    changes_.push_back({region, std::move(changed->key), changed->judged, changed->repaired});
  } else if (const auto* bound = std::get_if<Bound>(&output)) {
    report_bound(observer_, now, peers_.name_of(bound->region), *bound);
  } else if (const auto* mismatch = std::get_if<Mismatch>(&output)) {
    report_mismatch(observer_, now, peers_.name_of(mismatch->region), mismatch->version);
  } else if (const auto* stale = std::get_if<StaleEpoch>(&output)) {
    refuse_stale(now, peers_.name_of(stale->region), stale->got, stale->known);
  } else if (const auto* old = std::get_if<EpochTooOld>(&output)) {
    want_reopen(now, old->reader, old->known);
  } else if (const auto* quota = std::get_if<QuotaChanged>(&output)) {
    report_quota(observer_, now, peers_.name_of(quota->region), *quota);
  } else if (const auto* dropped = std::get_if<Dropped>(&output)) {
    links_.report_drop(now, Refusal::Invalid, peers_.name_of(dropped->from), dropped->reason);
  }
}

void Peering::publish(Instant now, const std::vector<replication::RegionId>& to, ByteView frame, bool bulky) {
  const Bytes packed = bulky ? wire::pack_frame(frame) : Bytes();
  for (const replication::RegionId region : to) {
    const Peer& peer = peers_.of(region);
    PeerLink* link = peer.out ? links_.find(*peer.out) : nullptr;
    if (link == nullptr) continue;
    const bool packs = bulky && peer.packs;
    if (packs) links_.note_spared(*link, frame.size() - packed.size());
    send(now, *link, packs ? ByteView(packed) : frame);
  }
}

void Peering::ask(Instant now, const replication::Ask& ask) {
  const Peer& peer = peers_.of(ask.to);
  report_question(observer_, now, peer.name, ask.message);
  const Peer* relay = peers_.find(peer.via);
  if (relay != nullptr && relay->in)
    send(now, *relay->in, wire::encode_sync(peer.name, ask.message));
  else if (peer.in)
    send(now, *peer.in, wire::encode_sync(ask.message));
}

/// What others know of us is followed as far as a region comes by itself: further, somebody made them believe it.
/// Certified members speak for themselves alone, so that there one region's word counts only while no other one that is
/// connected shows that there is no later epoch. They believe us again when we stand by our epoch.
void Peering::want_reopen(Instant now, replication::RegionId reader, Epoch known) {
  const Epoch own = core_.log().epoch();
  if (SYNCER_MUTATED("peering.ignore_known_epoch")) return;
  const bool certified = config_.certificates == CertificateRule::Required;
  const bool is_disproved = certified && core_.is_epoch_taken_by_others(reader);
  if (!in_bounds(known) || leaps_beyond(own, known) || is_disproved) return doubt(now, config_.region, known, own);
  SYNCER_SOMETIMES(known > own, "peering.others_know_a_later_epoch");
  reopen_wanted_ = std::max(reopen_wanted_.value_or(Epoch{}), known);
}

void Peering::doubt(Instant now, std::string_view region, Epoch got, Epoch known) {
  SYNCER_SOMETIMES(true, "peering.epoch_is_doubted");
  links_.count(Refusal::DoubtedEpoch);
  report_doubt(observer_, now, region, got, known);
}

void Peering::refuse_stale(Instant now, std::string_view region, Epoch got, Epoch known) {
  links_.count(Refusal::StaleEpoch);
  report_stale_epoch(observer_, now, region, got, known);
}

// What is known of the regions.

void Peering::note_presence(Instant now, Peer& peer) {
  if (publishing_ && peer.alive) peer.expected = true;
  absent_.note(now, peer, peer.alive || peer.in || !peer.via.empty() || is_published_to(peer));
}

/// As often as heartbeats go: what stalls does so for seconds.
void Peering::look_at_exchanges(Instant now) {
  if (now < next_look_) return;
  next_look_ = now + config_.sync.heartbeat;
  for (auto& [name, peer] : peers_) {
    const replication::Publisher& publisher = core_.publisher(peer.id);
    const std::uint64_t open = is_published_to(peer) ? publisher.unacknowledged(peer.id) : 0;
    const bool complete = (!peer.in && peer.via.empty()) || states_.is_complete(peer);
    if (!peer.exchange.look(now, publisher.log().head() - open, open, complete)) continue;
    const std::string_view reason =
        peer.exchange.is_stalled() ? "it does not take what it is given" : "its records do not become complete";
    observe(observer_, now, EventKind::LinkStalled, Severity::Warning, {{"region", name}, {"reason", reason}});
  }
}

void Peering::erase_region(Instant now, std::string_view region) {
  Peer& peer = peers_.at(region);
  if (peer.out) close(now, *peer.out, "the region is forgotten");
  forget(now, region);
  relay_.forget(region);
  core_.erase_peer(peer.id);
  observe(observer_, now, EventKind::RegionForgotten, Severity::Info, {{"region", region}});
  absent_.erase(region);
  links_.forget_traffic(region);
  pacing_.forget(region);
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

RegionState Peering::state(std::string_view region, Instant now) const {
  const Peer* peer = peers_.find(region);
  return peer == nullptr ? RegionState{} : states_.of(*peer, now);
}

}  // namespace syncer::peering
