// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/gossip/gossip.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

namespace {

/// A node this young gives way when its name is taken; an older one was there first.
constexpr Duration kNewcomer = std::chrono::seconds(60);
/// One exchange tells of everybody; a sender behind another address than its own is asked in vain.
constexpr Duration kBetweenGreetings = std::chrono::seconds(5);
constexpr Duration kNameCheckInterval = std::chrono::seconds(5);
/// Time for a joiner to read our answer, ask whether its name is taken, and be gone.
constexpr Duration kJoinerFirst = std::chrono::seconds(5);
/// First protocol that checks the sum of a packet.
constexpr std::uint8_t kChecksumProtocol = 5;

struct Reported {
  EventKind event;
  Severity severity;
};

Reported reported(membership::Change::Kind kind) {
  switch (kind) {
    case membership::Change::Kind::Joined:
      return {EventKind::MemberJoined, Severity::Info};
    case membership::Change::Kind::Updated:
      return {EventKind::MemberUpdated, Severity::Info};
    case membership::Change::Kind::Suspected:
      return {EventKind::MemberSuspected, Severity::Info};
    case membership::Change::Kind::Refuted:
      return {EventKind::MemberRefuted, Severity::Info};
    case membership::Change::Kind::Died:
      return {EventKind::MemberDied, Severity::Warning};
    case membership::Change::Kind::Left:
      return {EventKind::MemberLeft, Severity::Info};
    case membership::Change::Kind::Conflict:
      break;
  }
  return {EventKind::MemberConflict, Severity::Warning};
}

MembershipChange::Kind kind_of(membership::Change::Kind kind) { return static_cast<MembershipChange::Kind>(kind); }

}  // namespace

void Gossip::on_datagram(Instant now, const Endpoint& from, ByteView packet) {
  wire::gossip::unpack(packet, config_.pool, unpacked_);
  for (const ByteView part : unpacked_.messages) {
    membership::Message message;
    const wire::gossip::Drop drop = wire::gossip::decode(part, message);
    if (drop == wire::gossip::Drop::None) {
      take_message(now, from, message);
    } else {
      dropped(now, from, name(drop));
    }
  }
  if (unpacked_.drop != wire::gossip::Drop::None) dropped(now, from, name(unpacked_.drop));
  flush(now);
}

/// Whoever probes us knows us as a member. If we do not know him, we lost the pool: a restart whose only seed is the
/// own address, or is down. He is asked for it, well before anybody's next exchange with us.
void Gossip::greet(Instant now, const Endpoint& from, const membership::Ping& ping) {
  const bool known = swim_.members().find(from) != nullptr || swim_.members().find(ping.source) != nullptr;
  if (known || leaving_ || now < next_greeting_) return;
  if (SYNCER_MUTATED("gossip.ignore_strangers")) return;
  next_greeting_ = now + kBetweenGreetings;
  open_link(LinkPurpose::Reconnect, from, 0, now + config_.options.stream_timeout);
}

void Gossip::take_message(Instant now, const Endpoint& from, const membership::Message& message) {
  if (const auto* user = std::get_if<membership::User>(&message)) {
    if (!wire::gossip::is_serf_message(user->payload)) return dropped(now, from, "unreadable_user");
    take_user(now, user->payload);
  }
  const membership::Received received = swim_.receive(now, from, message, out_);
  count_refusals(now, from);
  refute_to(from, message);
  if (const auto* account = std::get_if<membership::Alive>(&message)) {
    ask_for_truth(*account);
    note_claim(*account, from == account->address);
  }
  switch (received) {
    case membership::Received::Handled:
      if (const auto* ping = std::get_if<membership::Ping>(&message)) greet(now, from, *ping);
      break;
    case membership::Received::UnknownAck:
      break;  // a late answer is no offence
    case membership::Received::WrongNode:
      dropped(now, from, "wrong_node");
      break;
    case membership::Received::UnknownTarget:
      dropped(now, from, "unknown_target");
      break;
    case membership::Received::RelaysBusy:
      dropped(now, from, "relays_busy");
      break;
  }
}

void Gossip::witness(ByteView user_octets) {
  // Serf's events and intents are its own affair; of them only the clock is kept, so that our leave is newer than
  // anything.
  // A clock from far ahead is not believed: it would drag ours to its end.
  constexpr std::uint64_t kMaxStep = 1U << 20U;
  const auto clock = wire::gossip::read_clock(user_octets);
  if (clock && *clock > clock_ && *clock - clock_ <= kMaxStep) clock_ = *clock;
}

void Gossip::dropped(Instant now, const Endpoint& from, std::string_view reason) {
  const auto known = drops_.find(reason);
  ++(known != drops_.end() ? known : drops_.emplace(reason, 0).first)->second;
  if (!observer_.wants(Severity::Debug)) return;
  observe(observer_, now, EventKind::PacketDropped, Severity::Debug, {{"from", to_string(from)}, {"reason", reason}});
}

void Gossip::count_refusals(Instant now, const Endpoint& from) {
  for (const std::string_view reason : out_.refusals) dropped(now, from, reason);
  out_.refusals.clear();
}

void Gossip::flush(Instant now) {
  send_packets();
  // Opening a stream and reporting a change call nothing back, but they may ask for more.
  const std::vector<membership::StreamRequest> streams = std::move(out_.streams);
  const std::vector<membership::Change> changes = std::move(out_.changes);
  out_.clear();
  for (const membership::StreamRequest& s : streams) {
    const bool ping = s.kind == membership::StreamRequest::Kind::Ping;
    open_link(ping ? LinkPurpose::Ping : LinkPurpose::Exchange, s.to, s.seq, s.deadline);
  }
  for (const membership::Change& change : changes) report(now, change);
  send_packets();
  out_.clear();
}

/// A member says which protocols it speaks; a stranger is one of today's. Without a sum a flipped bit may be believed.
bool Gossip::reads_checksums(const membership::Outputs::Packet& packet) const {
  if (packet.protocol >= kChecksumProtocol) return true;
  const membership::Member* member = swim_.members().find(packet.to);
  return member == nullptr || member->versions[1] >= kChecksumProtocol;
}

void Gossip::send_packets() {
  for (const auto& packet : out_.packets()) {
    const bool checksum = reads_checksums(packet);
    if (packet.count == 1 && !checksum && wire::gossip::packet_overhead(config_.pool) == 0) {
      datagrams_.send(packet.to, out_.part(packet.first));
      continue;
    }
    wire::gossip::PacketBuilder builder(packet.count);
    for (std::uint32_t i = 0; i < packet.count; ++i) builder.add(out_.part(packet.first + i));
    datagrams_.send(packet.to, builder.finish(config_.pool, checksum, config_.nonce));
  }
}

void Gossip::report(Instant now, const membership::Change& change) {
  using Kind = membership::Change::Kind;
  const bool about_me = change.name == config_.node;
  if (about_me && change.kind == Kind::Conflict) check_name(now, change.other);
  confront(change);
  if (!about_me || change.kind == Kind::Conflict) {
    const membership::Member* member = swim_.members().find(change.name);
    MemberInfo info{change.name,
                    change.address,
                    change.state,
                    change.incarnation,
                    change.meta,
                    wire::gossip::decode_tags(change.meta).value_or(wire::gossip::Tags{}),
                    member != nullptr ? member->round_trips.latest() : Duration{}};
    if (change.kind == Kind::Died && !SYNCER_MUTATED("gossip.forget_failed_members")) failed_.add(now, info);
    if (change.kind == Kind::Joined || change.kind == Kind::Left) failed_.remove(change.name);
    changes_.push_back({kind_of(change.kind), std::move(info)});
  }
  const auto [event, severity] = reported(change.kind);
  const std::string address = to_string(change.address);
  if (change.kind == Kind::Conflict) {
    observe(observer_, now, event, severity,
            {{"member", change.name}, {"address", address}, {"other", to_string(change.other)}});
    return;
  }
  observe(observer_, now, event, severity,
          {{"member", change.name}, {"address", address}, {"incarnation", change.incarnation}});
}

/// Who joins through us and bears our name sees us alive in our answer and gives way; while we asked, both would.
void Gossip::let_joiner_check_first(Instant now) {
  if (SYNCER_MUTATED("gossip.race_joiner_for_name")) return;
  next_name_check_ = std::max(next_name_check_, now + kJoinerFirst);
}

void Gossip::check_name(Instant now, const Endpoint& other) {
  // It may be our own former life at another address, which nobody has missed yet: only who answers is alive.
  if (leaving_ || now < next_name_check_ || now - started_ > kNewcomer) return;
  next_name_check_ = now + kNameCheckInterval;
  open_link(LinkPurpose::NameCheck, other, 1, now + config_.options.stream_timeout);
}

}  // namespace syncer::gossip
