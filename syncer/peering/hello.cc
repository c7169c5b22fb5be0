// SPDX-License-Identifier: Apache-2.0
// The messages of a link: who may speak, and what it says.
#include <variant>

#include "syncer/base/mutation.h"
#include "syncer/peering/peering.h"

namespace syncer::peering {
namespace {

std::string name_used_twice(const std::string& region, const std::string& one, const std::string& other) {
  return "region name \"" + region + "\" is used by two syncers, \"" + one + "\" and \"" + other +
         "\"; give each region its own --cluster-name";
}

}  // namespace

void Peering::on_message(Instant now, PeerLink& link, const wire::SyncMessage& message) {
  const bool up = link.state == PeerLink::State::Up;
  if (const auto* word = std::get_if<replication::WriterMessage>(&message); word != nullptr && up && !link.dialer) {
    return on_word(now, link, *word);
  }
  if (const auto* question = std::get_if<replication::ReaderMessage>(&message);
      question != nullptr && up && link.dialer) {
    replication::Outputs out = take_outputs();
    core_.receive(now, peer_of(link).id, *question, out);
    return carry_out(now, out);
  }
  if (up) return drop_frame(now, link, "message in the wrong direction");
  if (const auto* hello = std::get_if<wire::Hello>(&message); hello != nullptr && !link.dialer)
    return on_hello(now, link, *hello);
  if (!link.dialer) return drop_frame(now, link, "no hello");
  if (const auto* welcome = std::get_if<wire::Welcome>(&message)) return on_welcome(now, link, *welcome);
  if (const auto* refuse = std::get_if<wire::Refuse>(&message)) return on_refuse(now, link, *refuse);
  if (const auto* redirect = std::get_if<wire::Redirect>(&message)) {
    Peer& remote = peer_of(link);
    close(now, link.id, "redirected to the leader");
    remote.dialer.redirected(now, redirect->rpc);
    return dial_due(now);
  }
  drop_frame(now, link, "no answer to the hello");
}

void Peering::on_hello(Instant now, PeerLink& link, const wire::Hello& hello) {
  if (!leads_ && leader_ && hello.region != config_.region) {
    link.send(streams_, wire::encode_sync(wire::SyncMessage(wire::Redirect{*leader_})));
    return close(now, link.id, "sent to the leader");
  }
  // No leader yet: the dialer tries the next of us, and soon again; a refusal would make it wait.
  if (!leads_ && hello.region != config_.region) return close(now, link.id, "no leader is known yet");
  bool conflict = false;
  const std::string reason = objection(now, hello, conflict);
  if (reason.empty()) return welcome(now, link, hello);
  if (conflict) note_conflict(now, reason);
  refuse(now, link, hello.region, hello.node, reason, conflict);
}

std::string Peering::objection(Instant now, const wire::Hello& hello, bool& conflict) const {
  if (hello.region.empty()) return "a region needs a name";
  if (hello.region == config_.region) {
    if (hello.run == run_) return "this address is the dialer's own";
    conflict = config_.single || hello.single;
    return conflict ? name_used_twice(config_.region, config_.node, hello.node) : "a region does not publish to itself";
  }
  const Peer* known = find(hello.region);
  if (known == nullptr) return peers_.size() < kMaxRegions ? "" : "too many regions";
  if (!known->in || !hello.single || SYNCER_MUTATED("peering.ignore_conflict")) return "";
  const PeerLink& present = links_.at(*known->in);
  const bool alive = saturating_add(present.last_read, 2 * config_.sync.heartbeat) > now;
  if (present.node == hello.node || !alive) return "";
  conflict = true;
  return name_used_twice(hello.region, present.node, hello.node);
}

void Peering::welcome(Instant now, PeerLink& link, const wire::Hello& hello) {
  link.region = hello.region;
  link.node = hello.node;
  link.run = hello.run;
  link.state = PeerLink::State::Up;
  Peer& remote = peer_of(link);
  if (remote.in) close(now, *remote.in, "replaced by a newer link");
  remote.in = link.id;
  core_.writer_up(remote.id);
  const wire::Welcome answer{config_.region, config_.node, run_, remote.known_epoch, remote.known_run};
  link.send(streams_, wire::encode_sync(wire::SyncMessage(answer)));
  report_.link_up(now, link);
}

void Peering::on_welcome(Instant now, PeerLink& link, const wire::Welcome& welcome) {
  Peer& remote = peer_of(link);
  if (welcome.region != link.region) {
    const std::string reason = "the address answers for region \"" + welcome.region + "\"";
    report_.refused(now, link, link.region, welcome.node, reason);
    return close(now, link.id, reason);
  }
  const Epoch own = core_.log().epoch();
  const bool not_ours = welcome.known_epoch == own && welcome.known_run != 0 && welcome.known_run != run_;
  if (welcome.known_epoch > own || not_ours) want_reopen(welcome.known_epoch);
  link.node = welcome.node;
  link.run = welcome.run;
  link.state = PeerLink::State::Up;
  remote.dialer.succeeded();
  report_.link_up(now, link);
  replication::Outputs out = take_outputs();
  core_.reader_up(remote.id, out);
  carry_out(now, out);
}

void Peering::on_refuse(Instant now, PeerLink& link, const wire::Refuse& refuse) {
  report_.refused(now, link, refuse.region, refuse.node, refuse.reason);
  if (refuse.conflict) note_conflict(now, refuse.reason);
  Peer& remote = peer_of(link);
  close(now, link.id, refuse.reason);
  remote.dialer.refused(now);
}

void Peering::refuse(Instant now, PeerLink& link, std::string region, std::string node, std::string reason,
                     bool conflict) {
  report_.refused(now, link, region, node, reason);
  const wire::Refuse answer{config_.region, config_.node, reason, conflict};
  link.send(streams_, wire::encode_sync(wire::SyncMessage(answer)));
  close(now, link.id, reason);
}

void Peering::on_word(Instant now, PeerLink& link, const replication::WriterMessage& message) {
  Peer& remote = peer_of(link);
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const bool another = remote.known_run != 0 && link.run != remote.known_run;
  if (epoch == remote.known_epoch && another) {
    // The same epoch from another process: it lost its disk and does not know yet that the epoch was used up.
    return report_.stale_epoch(now, remote.name, epoch, remote.known_epoch);
  }
  if (epoch >= remote.known_epoch) {
    remote.known_epoch = epoch;
    remote.known_run = link.run;
    remote.last_heard = now;
  }
  replication::Outputs out = take_outputs();
  core_.receive(now, remote.id, message, out);
  carry_out(now, out);
}

}  // namespace syncer::peering
