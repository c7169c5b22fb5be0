// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <variant>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/peering/peering.h"

/// The links of a Peering: how they begin, who may publish on them, what is asked on them, and how they end.
namespace syncer::peering {
namespace {

/// A release that knows no questions says so by this.
constexpr std::string_view kUnknown = "unknown frame type";

}  // namespace

// Greetings.

/// Why the other end of a link may not speak for that region; empty when it may.
std::string Peering::objection_to(const PeerLink& link, std::string_view region, std::string_view node) const {
  if (SYNCER_MUTATED("peering.ignore_certificates")) return "";
  return syncer::objection_to(link.identity, config_.certificates, PeerRole::Sync, region, node);
}

void Peering::on_stream_connected(Instant now, LinkId id, const PeerIdentity& identity) {
  PeerLink* link = links_.find(id);
  if (link == nullptr || link->state != PeerLink::State::Connecting) return;
  link->state = PeerLink::State::Greeting;
  link->since = link->last_read = now;
  link->identity = identity;
  // Nothing is said to who is not the region that was dialled.
  if (const std::string objection = objection_to(*link, link->region, ""); !objection.empty()) {
    return on_refuse(now, *link, {identity.region, identity.node, objection, false});
  }
  links_.begin(id);
  greet(now, *link);
}

/// The hello of a link that we dialled, as soon as it can be sent.
void Peering::greet(Instant now, PeerLink& link) {
  if (!link.dialer || link.greeted || link.state != PeerLink::State::Greeting || !links_.ready(link)) return;
  link.greeted = true;
  if (const wire::Question* question = questions_.asked_on(link.id)) {
    return send(now, link.id, wire::encode_sync(wire::SyncMessage(*question)));
  }
  const wire::Hello hello =
      handshake_.hello(core_.log().epoch(), core_.publisher(peers_.find(link.region)->id).log().head());
  send(now, link.id, wire::encode_sync(wire::SyncMessage(hello)));
}

void Peering::on_hello(Instant now, PeerLink& link, const wire::Hello& hello) {
  if (const std::string objection = objection_to(link, hello.region, hello.node); !objection.empty()) {
    return refuse(now, link, Refusal::Certificate, hello.region, hello.node, handshake_.refusal(objection, false));
  }
  const Peer* known = peers_.find(hello.region);
  const auto objection = handshake_.objection(now, hello, known, peers_.is_full_for(hello.region));
  if (!objection.reason.empty()) {
    const wire::Refuse refusal = handshake_.refusal(objection.reason, objection.conflict);
    return refuse(now, link, objection.why, hello.region, hello.node, refusal);
  }
  const auto answer = handshake_.answer(hello, known);
  if (!answer) return close(now, link.id, "no leader is known yet");
  if (std::holds_alternative<wire::Redirect>(*answer)) {
    SYNCER_SOMETIMES(true, "peering.dialler_is_sent_to_the_leader");
    links_.send(link, wire::encode_sync(*answer));
    return close(now, link.id, "sent to the leader");
  }
  const bool present = known != nullptr && known->in && known->writer.proved_within(now, 2 * config_.sync.heartbeat);
  if (!present || SYNCER_MUTATED("peering.ignore_conflict")) return accept(now, link, hello);
  const Challenges::Challenge* other = challenges_.find(hello.region);
  if (other != nullptr && links_.contains(other->link)) {
    links_.count(Refusal::Newcomer);
    return close(now, link.id, "another newcomer waits already");
  }
  SYNCER_SOMETIMES(true, "peering.newcomer_waits_for_the_writer");
  challenges_.begin(now, link.id, hello);
}

/// A newcomer waited for the present writer to prove itself, or for the end of its link.
void Peering::settle(Instant now, const Challenges::Challenge& challenge) {
  PeerLink* link = links_.find(challenge.link);
  if (link == nullptr) return;
  const Peer& peer = peers_.at(challenge.hello.region);
  const PeerLink* present = peer.in ? links_.find(*peer.in) : nullptr;
  if (present == nullptr || !peer.writer.proved_within(now, challenges_.proof_age())) {
    return accept(now, *link, challenge.hello);
  }
  const wire::Refuse refusal = handshake_.refuse_newcomer(now, challenge.hello, *present);
  refuse(now, *link, Refusal::Newcomer, challenge.hello.region, challenge.hello.node, refusal);
}

void Peering::accept(Instant now, PeerLink& link, const wire::Hello& hello) {
  Peer& peer = peers_.at(hello.region);
  link.region = hello.region;
  states_.note(peer);
  if (const auto former = std::exchange(peer.in, link.id)) close(now, *former, "replaced by a newer link");
  note_presence(now, peer);
  relay_.hear_directly(now, peer);
  relay_.links_changed();
  core_.writer_up(peer.id);
  links_.send(link, wire::encode_sync(wire::SyncMessage(handshake_.welcome(peer))));
  links_.set_up(now, link, hello.node, hello.run);
  publish_back(now, peer);
}

void Peering::on_greeting_answer(Instant now, PeerLink& link, const wire::SyncMessage& answer) {
  if (link.asks) return on_reply(now, link, answer);
  if (const auto* welcome = std::get_if<wire::Welcome>(&answer)) return on_welcome(now, link, *welcome);
  if (const auto* refusal = std::get_if<wire::Refuse>(&answer)) return on_refuse(now, link, *refusal);
  if (const auto* redirect = std::get_if<wire::Redirect>(&answer)) return on_redirect(now, link, *redirect);
  drop(now, link, Refusal::OutOfTurn, "no answer to the hello");
}

void Peering::on_redirect(Instant now, PeerLink& link, const wire::Redirect& redirect) {
  Peer& peer = peers_.at(link.region);
  const PeerLink ended = link;
  close(now, link.id, "redirected to the leader", DialEnd::Redirect);
  if (!peer.dialer.on_redirect(now, redirect.rpc)) {
    const std::string reason =
        "it sends us to " + to_string(redirect.rpc) + ", where gossip knows no syncer of its region";
    links_.report_refusal(now, ended, Refusal::Redirect, ended.region, ended.node, reason);
  }
  peers_.note_dialling();
  dial_due(now);
}

void Peering::on_welcome(Instant now, PeerLink& link, const wire::Welcome& welcome) {
  if (welcome.region != link.region) {
    const std::string reason = "the address answers for region \"" + welcome.region + "\"";
    links_.report_refusal(now, link, Refusal::WrongRegion, link.region, welcome.node, reason);
    return close(now, link.id, reason);
  }
  if (const std::string objection = objection_to(link, welcome.region, welcome.node); !objection.empty()) {
    return on_refuse(now, link, {welcome.region, welcome.node, objection, false});
  }
  Peer& peer = peers_.at(link.region);
  if (const auto known = handshake_.epoch_to_exceed(welcome, core_.log().epoch())) want_reopen(now, peer.id, *known);
  peer.dialer.on_success();
  peers_.note_dialling();
  links_.set_up(now, link, welcome.node, welcome.run);
  peer.exchange.opened(now);
  if (config_.sync.dial_only) take_back(now, link, peer);
  note_presence(now, peer);
  relay_.links_changed();
  pacing_.apply(now, peer);
  replication::Outputs out = take_outputs();
  core_.reader_up(peer.id, out);
  carry_out(now, out);
}

void Peering::on_refuse(Instant now, PeerLink& link, const wire::Refuse& refusal) {
  if (link.asks) return on_reply(now, link, refusal);
  links_.report_refusal(now, link, Refusal::ByOther, refusal.region, refusal.node, refusal.reason);
  if (refusal.conflict) handshake_.note_conflict(now, config_.region, refusal.reason);
  close(now, link.id, refusal.reason, DialEnd::Refusal);
}

// Links.

void Peering::dial_due(Instant now) {
  if (!publishing_) return;
  for (auto& [name, peer] : peers_) {
    if (peer.dial_only) publish_back(now, peer);
    if (peer.out || peer.dial_only || peer.dialer.next_attempt() > now) continue;
    peer.out = links_.dial(now, name, peer.dialer.address());
    peers_.note_dialling();
  }
}

/// Who cannot be dialled is published to on the link that it dialled.
void Peering::publish_back(Instant now, Peer& peer) {
  const PeerLink* link = peer.in ? links_.find(*peer.in) : nullptr;
  const bool ready = link != nullptr && link->state == PeerLink::State::Up;
  if (!ready || !publishing_ || !peer.dial_only || peer.out || SYNCER_MUTATED("peering.wait_to_be_able_to_dial"))
    return;
  peer.out = peer.in;
  peers_.note_dialling();
  peer.exchange.opened(now);
  relay_.links_changed();
  pacing_.apply(now, peer);
  replication::Outputs out = take_outputs();
  core_.reader_up(peer.id, out);
  carry_out(now, out);
}

/// We cannot be dialled: what the region publishes comes on the link that we dialled.
void Peering::take_back(Instant now, const PeerLink& link, Peer& peer) {
  if (peer.in) return;
  peer.in = link.id;
  states_.note(peer);
  relay_.hear_directly(now, peer);
  core_.writer_up(peer.id);
}

/// Gossip need not have shown a region that a neighbour offers a way to.
void Peering::settle_ways(Instant now) {
  while (relay_.wants_update()) {
    states_.note_all();
    for (const std::string& region : relay_.unknown_regions(now)) {
      if (!peers_.is_full_for_offered(region)) show(now, peers_.at(region), false);
    }
    if (!relay_.update(now)) continue;
    for (auto& [name, peer] : peers_) note_presence(now, peer);
  }
}

bool Peering::expects(const Endpoint& from) const {
  return std::any_of(peers_.begin(), peers_.end(),
                     [&](const auto& entry) { return entry.second.dialer.has_host(from); });
}

void Peering::send(Instant now, LinkId id, ByteView frame) {
  if (PeerLink* link = links_.find(id)) send(now, *link, frame);
}

void Peering::send(Instant now, PeerLink& link, ByteView frame) {
  if (!links_.send(link, frame)) close(now, link.id, "the other side does not read");
}

void Peering::refuse(Instant now, PeerLink& link, Refusal why, const std::string& region, const std::string& node,
                     const wire::Refuse& refusal) {
  links_.report_refusal(now, link, why, region, node, refusal.reason);
  links_.send_refusal(link, refusal);
  close(now, link.id, refusal.reason);
}

void Peering::drop(Instant now, PeerLink& link, Refusal why, std::string_view reason) {
  links_.report_drop(now, why, link.region, reason);
  close(now, link.id, reason);
}

void Peering::close(Instant now, LinkId id, std::string_view reason, DialEnd end) {
  if (const auto link = links_.close(now, id, reason)) detach(now, *link, reason, end);
}

void Peering::close_silent(Instant now, LinkId id) {
  constexpr std::string_view kReason = "silent for too long";
  const PeerLink* link = links_.find(id);
  if (link != nullptr && link->dialer && !link->asks && link->state != PeerLink::State::Up) {
    links_.report_failed_dial(now, *link, kReason);
  }
  close(now, id, kReason);
}

void Peering::on_stream_closed(Instant now, LinkId id, std::string_view reason) {
  const auto link = links_.on_closed(now, id, reason);
  if (!link) return;
  if (link->dialer && !link->asks && link->state != PeerLink::State::Up) links_.report_failed_dial(now, *link, reason);
  detach(now, *link, reason);
  dial_due(now);
  settle_ways(now);
}

/// The region of a link that is gone learns of it.
void Peering::detach(Instant now, const PeerLink& link, std::string_view reason, DialEnd end) {
  if (link.asks)
    return questions_.conclude(link.id, failure(ErrorCode::Unreachable, to_string(link.address), Bytes(reason)));
  if (link.region.empty()) return;
  Peer& peer = peers_.at(link.region);
  states_.note(peer);
  peers_.note_dialling();
  if (peer.in == link.id) {
    peer.in.reset();
    if (const auto challenge = challenges_.take(link.region)) settle(now, *challenge);
  }
  const bool published = peer.out == link.id;
  if (published) peer.out.reset();
  relay_.links_changed();
  note_presence(now, peer);
  if (!published) return;
  peer.exchange.lost(link.address, reason);
  core_.reader_down(peer.id);
  peer.dialer.on_end(now, end);
}

void Peering::advance(Instant now) {
  replication::Outputs out = take_outputs();
  core_.advance(now, out);
  carry_out(now, out);
  pacing_.advance(now);
  for (const LinkId id : links_.take_silent(now)) close_silent(now, id);
  while (const auto challenge = challenges_.take_due(now)) settle(now, *challenge);
  handshake_.advance(now);
  look_at_exchanges(now);
  dial_due(now);
  relay_.advance(now);
  settle_ways(now);
}

Instant Peering::next_deadline() const {
  Instant next = std::min({core_.next_deadline(), links_.next_deadline(), handshake_.next_deadline(),
                           challenges_.next_deadline(), relay_.next_deadline(), pacing_.next_deadline()});
  if (!publishing_) return next;
  return std::min(next, peers_.next_dial());
}

void Peering::dial_now(Instant now, std::string_view region) {
  for (auto& [name, peer] : peers_) {
    if ((region.empty() || region == name) && peer.dialer.wanted()) peer.dialer.hurry(now);
  }
  peers_.note_dialling();
  dial_due(now);
}

// What is known of the exchange with a region.

Peering::Link Peering::link(std::string_view region) const {
  Link link;
  const Peer* peer = peers_.find(region);
  if (peer == nullptr) return link;
  if (peer->writer.has_spoken()) link.last_heard = peer->writer.last_heard();
  link.up = peer->in || !peer->via.empty();
  link.in = peer->in;
  link.out = peer->out;
  link.publishing = published().reaches(*peer);
  link.unacknowledged = published().unacknowledged(*peer);
  link.dial_only = peer->dial_only;
  link.dial_problem = peer->exchange.dial_problem();
  link.stalled = is_published_to(*peer) && peer->exchange.is_stalled();
  link.incomplete = link.up && peer->exchange.is_incomplete();
  link.in_pool = peer->in_pool && peer->dialer.wanted();
  link.left = peer->in_pool && !peer->dialer.wanted();
  link.conflict = handshake_.conflict(region);
  if (peer->in) link.node = links_.find(*peer->in)->node;
  link.over_quota = core_.over_quota(peer->id);
  link.via = relay_.via(*peer);
  link.traffic = links_.traffic(region);
  link.cap = pacing_.of(region);
  link.read_via = is_published_to(*peer) ? "" : relay_.read_by_way_of(region);
  if (const auto* waiting = core_.waiting(peer->id)) link.paused = waiting->size();
  return link;
}

// Questions of ours.

Result<QuestionId> Peering::ask(Instant now, std::string_view region, wire::Question::Kind kind, std::string text) {
  const Peer* peer = peers_.find(region);
  const std::string name(region);
  if (peer == nullptr || name == config_.region) {
    return failure(ErrorCode::NotFound, "", "no other region is known as \"" + name + "\"");
  }
  if (!peer->dialer.wanted()) return failure(ErrorCode::NotFound, "", "none of its syncers is in the pool");
  if (text.size() > wire::kMaxQuestion) return failure(ErrorCode::TooLarge, "", "the question is too long");
  if (!questions_.has_room()) return failure(ErrorCode::Refused, "", "too many questions are under way");
  const LinkId link = links_.dial(now, name, peer->dialer.address());
  links_.find(link)->asks = true;
  return *questions_.begin(link, name, {config_.region, config_.node, kind, std::move(text)});
}

void Peering::on_reply(Instant now, PeerLink& link, const wire::SyncMessage& reply) {
  const LinkId id = link.id;
  const std::string from = to_string(link.address);
  if (const auto* answer = std::get_if<wire::Answer>(&reply)) {
    const std::string objection =
        answer->region == link.region ? objection_to(link, answer->region, answer->node) : "another region answers";
    if (objection.empty())
      questions_.conclude(id, answer->content);
    else
      questions_.conclude(id, failure(ErrorCode::Refused, from, objection));
  } else if (const auto* refusal = std::get_if<wire::Refuse>(&reply)) {
    const bool knows_none = refusal->reason.find(kUnknown) != std::string::npos;
    questions_.conclude(
        id, failure(ErrorCode::Refused, from,
                    knows_none ? "it does not answer such questions: it is of an earlier release" : refusal->reason));
  } else if (const auto* redirect = std::get_if<wire::Redirect>(&reply)) {
    const Peer* peer = peers_.find(link.region);
    if (peer != nullptr && peer->dialer.has_host(redirect->rpc)) {
      const LinkId other = links_.dial(now, link.region, redirect->rpc);
      links_.find(other)->asks = true;
      if (!questions_.redirect(id, other)) close(now, other, "redirected twice");
    }
  }
  close(now, id, "the question was answered");
}

// Questions of others.

void Peering::on_question(Instant now, PeerLink& link, const wire::Question& question) {
  std::string objection = objection_to(link, question.region, question.node);
  if (!objection.empty()) {
    return refuse(now, link, Refusal::Certificate, question.region, question.node,
                  handshake_.refusal(std::move(objection), false));
  }
  if (const auto elsewhere = handshake_.turn_away(question)) {
    links_.send(link, wire::encode_sync(*elsewhere));
    return close(now, link.id, "the question is not for us");
  }
  if (questions_.receive(now, link.id, question)) return;
  links_.send(link, wire::encode_sync(wire::SyncMessage(handshake_.refusal("it is asked too much", false))));
  close(now, link.id, "too many questions");
}

void Peering::answer(Instant now, const ReceivedQuestion& question, Bytes content) {
  PeerLink* link = links_.find(question.link);
  if (link == nullptr) return;
  links_.send(*link,
              wire::encode_sync(wire::SyncMessage(wire::Answer{config_.region, config_.node, std::move(content)})));
  close(now, question.link, "the question was answered");
}

Sizes Peering::sizes() const {
  Sizes sizes;
  std::vector<LinkId> attached;
  for (const auto& [name, peer] : peers_) {
    if (peer.out) attached.push_back(*peer.out);
    if (peer.in) attached.push_back(*peer.in);
  }
  std::sort(attached.begin(), attached.end());
  for (const auto& [id, link] : links_) {
    ++sizes.links;
    sizes.unattached_links += std::binary_search(attached.begin(), attached.end(), id) ? 0 : 1;
    sizes.buffered_bytes += link.reader.buffered();
    for (const auto& [region, certificate] : link.certificates_read) sizes.certificate_bytes += certificate.size();
  }
  sizes.challenges = challenges_.size();
  sizes.conflicts = handshake_.conflicts();
  sizes.regions = peers_.size();
  sizes.region_ids = peers_.ids();
  sizes.log = core_.sizes();
  return sizes;
}

void Peering::hash(StateHasher& hasher) const {
  core_.hash(hasher);
  for (const auto& [name, peer] : peers_) {
    hasher.add(name);
    hasher.add(peer.out ? peer.out->value : 0);
    hasher.add(peer.in ? peer.in->value : 0);
    hasher.add(static_cast<std::uint64_t>(nanos(peer.writer.last_heard())));
  }
  hasher.add(publishing_ ? 1 : 0);
}

}  // namespace syncer::peering
