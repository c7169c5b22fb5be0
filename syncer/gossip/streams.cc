// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "syncer/gossip/gossip.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

using wire::gossip::Exchange;
using wire::gossip::Opened;
using wire::gossip::StreamReader;

Bytes Gossip::exchange_message(bool join) const {
  Bytes message;
  wire::gossip::encode_exchange(swim_.entries(), join, wire::gossip::encode_user_state(clock_), message);
  return message;
}

void Gossip::write(LinkId id, ByteView message, Opened opened) {
  Bytes octets;
  wire::gossip::write_stream(message, config_.pool, opened, config_.nonce, octets);
  streams_.send(id, octets);
}

void Gossip::open_link(LinkPurpose purpose, const Endpoint& to, std::uint32_t seq, Instant deadline) {
  const LinkId id = allocate_();
  links_.add(id, {purpose, to, deadline, seq, StreamReader(config_.pool, Opened::ByUs)});
  streams_.connect(id, to);
  if (purpose == LinkPurpose::Ping || purpose == LinkPurpose::NameCheck) {
    const membership::Member* target = swim_.members().find(to);
    const std::string_view node = target != nullptr && purpose == LinkPurpose::Ping ? target->name : config_.node;
    Bytes ping;
    wire::gossip::encode(membership::Ping{seq, node, config_.address, config_.node}, ping);
    write(id, ping, Opened::ByUs);
    return;
  }
  write(id, exchange_message(purpose != LinkPurpose::Exchange), Opened::ByUs);
}

void Gossip::on_stream_accepted(Instant now, LinkId link, const Endpoint& from) {
  if (links_.full(from)) {
    dropped(now, from, "busy");
    streams_.close(link);
    return;
  }
  const Instant deadline = now + config_.options.stream_timeout;
  links_.add(link, {LinkPurpose::Accepted, from, deadline, 0, StreamReader(config_.pool, Opened::ByPeer)});
}

void Gossip::on_stream_connected(Instant, LinkId) {}  // what there is to say was queued when the stream was opened

void Gossip::on_stream_data(Instant now, LinkId id, ByteView octets) {
  GossipLink* link = links_.find(id);
  if (link == nullptr) return;
  switch (link->reader.feed(octets)) {
    case StreamReader::Status::NeedMore:
      return;
    case StreamReader::Status::Complete:
      finish_link(now, id);
      break;
    case StreamReader::Status::Refused:
      refuse_link(now, id);
      break;
  }
  flush(now);
}

void Gossip::refuse_link(Instant now, LinkId id) {
  const auto link = links_.take(id);
  const std::string_view reason = name(link->reader.drop());
  dropped(now, link->peer, reason);
  if (link->purpose == LinkPurpose::Accepted && link->reader.deserves_error()) {
    Bytes error;
    wire::gossip::encode_error(reason, error);
    write(id, error, Opened::ByPeer);
  }
  streams_.close(id);
  link_failed(now, *link, reason);
}

void Gossip::finish_link(Instant now, LinkId id) {
  const auto link = links_.take(id);
  const wire::gossip::StreamMessage& message = link->reader.message();
  if (const auto* exchange = std::get_if<Exchange>(&message)) take_exchange(now, id, *link, *exchange);
  if (const auto* ping = std::get_if<membership::Ping>(&message)) answer_ping(now, id, *link, *ping);
  if (const auto* user = std::get_if<membership::User>(&message)) take_user(now, user->payload);
  if (const auto* error = std::get_if<wire::gossip::StreamError>(&message)) link_failed(now, *link, error->text);
  const bool to_the_point =
      std::holds_alternative<Exchange>(message) || std::holds_alternative<wire::gossip::StreamError>(message);
  if (!to_the_point) link_failed(now, *link, "answered something else");
  if (const auto* ack = std::get_if<membership::Ack>(&message); ack != nullptr && ack->seq == link->seq) {
    if (link->purpose == LinkPurpose::Ping) swim_.stream_contact(ack->seq);
    if (link->purpose == LinkPurpose::NameCheck) {
      conflict_ = "node name \"" + config_.node + "\" is already used by a member at " + to_string(link->peer) +
                  "; give each syncer its own --node";
    }
  }
  streams_.close(id);
}

void Gossip::answer_ping(Instant now, LinkId id, const GossipLink& link, const membership::Ping& ping) {
  if (!ping.node.empty() && ping.node != config_.node) {
    dropped(now, link.peer, "wrong_node");
    return;
  }
  // Our own name check came back to us over another of our addresses: that proves no second process.
  if (ping.source_node == config_.node && ping.source == config_.address) {
    dropped(now, link.peer, "own_ping");
    return;
  }
  Bytes ack;
  wire::gossip::encode(membership::Ack{ping.seq, {}}, ack);
  write(id, ack, Opened::ByPeer);
}

void Gossip::take_exchange(Instant now, LinkId id, const GossipLink& link, const Exchange& exchange) {
  if (link.purpose == LinkPurpose::Ping || link.purpose == LinkPurpose::NameCheck) {
    dropped(now, link.peer, "bad_type");
    return;
  }
  // The answer goes first: it is what we knew before, and the peer gets it even if we cannot agree.
  if (link.purpose == LinkPurpose::Accepted) write(id, exchange_message(false), Opened::ByPeer);
  if (link.purpose == LinkPurpose::Accepted && exchange.join) let_joiner_check_first(now);
  merge(now, link, exchange);
}

void Gossip::merge(Instant now, const GossipLink& link, const Exchange& exchange) {
  const bool join = exchange.join || link.purpose == LinkPurpose::Join;
  const membership::Merge merged = swim_.merge(now, exchange.entries, join, out_);
  count_refusals(now, link.peer);
  switch (merged) {
    case membership::Merge::Incompatible:
      dropped(now, link.peer, "vsn_incompatible");
      link_failed(now, link, "speaks an incompatible protocol version");
      return;
    case membership::Merge::Vetoed:
      dropped(now, link.peer, "vetoed");
      link_failed(now, link, "was refused");
      return;
    case membership::Merge::Merged:
      break;
  }
  for (const membership::Entry& e : exchange.entries) {
    if (e.state != static_cast<std::int64_t>(membership::State::Alive)) continue;
    const membership::Alive account{e.incarnation, e.name, e.address, e.meta, e.versions};
    ask_for_truth(account);
    note_claim(account, link.peer.host() == e.address.host());
  }
  witness(exchange.user_state);
  if (link.purpose != LinkPurpose::Join) return;
  // At its beginning the clock shows that nobody ever wrote an intent: there is none about our former life.
  if (clock_ > 1) stay(now);
  seeds_.answered(now, link.peer);
  observe(observer_, now, EventKind::JoinSucceeded, Severity::Info,
          {{"seed", to_string(link.peer)}, {"members", static_cast<std::uint64_t>(exchange.entries.size())}});
}

void Gossip::on_stream_closed(Instant now, LinkId id, std::string_view reason) {
  const auto link = links_.take(id);
  if (link == nullptr) return;
  if (link->purpose == LinkPurpose::Accepted) {
    dropped(now, link->peer, name(link->reader.end()));
  } else {
    link_failed(now, *link, reason);
  }
  flush(now);
}

void Gossip::link_failed(Instant now, const GossipLink& link, std::string_view reason) {
  if (link.purpose != LinkPurpose::Join) return;
  seeds_.failed(now, link.peer);
  observe(observer_, now, EventKind::JoinFailed, Severity::Warning,
          {{"seed", to_string(link.peer)}, {"reason", reason}});
}

}  // namespace syncer::gossip
