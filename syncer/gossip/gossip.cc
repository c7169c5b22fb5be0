// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/gossip.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/gossip/member_events.h"
#include "syncer/wire/gossip/message.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

using membership::Change;
using membership::Member;
using membership::State;

namespace {

/// One exchange brings everybody; a sender behind another address than its own is asked in vain.
constexpr Duration kBetweenGreetings = std::chrono::seconds(5);
/// Whoever jumps keeps us busy no more than that.
constexpr Duration kBetweenQuestions = std::chrono::seconds(5);

membership::Options filled_in(const GossipConfig& config) {
  membership::Options options = config.options;
  options.encode = [](const membership::Message& m, Bytes& out) { wire::gossip::encode(m, out); };
  options.packet_overhead = wire::gossip::packet_overhead(config.pool);
  return options;
}

}  // namespace

Gossip::Gossip(GossipConfig config, Datagrams& datagrams, Streams& streams, Observer& observer, Random random,
               Instant now, LinkAllocator links)
    : config_(std::move(config)),
      observer_(observer),
      swim_(config_.node, filled_in(config_), random, now),
      addresses_(config_),
      packets_(config_, swim_, addresses_, datagrams),
      intents_(config_.node, swim_),
      streams_(config_, swim_, intents_, addresses_, streams, std::move(links)),
      key_queries_(config_, swim_, out_),
      notifier_(swim_, out_),
      claims_(swim_, out_),
      name_check_(now),
      seeds_(config_.seed_retry_min, config_.seed_retry_max, random.stream("seeds")),
      failed_(config_.reconnect_interval, config_.reconnect_timeout, random.stream("failed"), now) {
  SYNCER_ASSERT(config_.pool.keys.empty() || config_.nonce != nullptr);
}

void Gossip::start(Instant now, bool returns) {
  name_check_.start(now, returns);
  auto meta = wire::gossip::encode_tags(config_.tags);
  SYNCER_ASSERT(meta.has_value());  // the tags were checked when the configuration was filled in
  swim_.start(now, config_.address, std::move(*meta), out_);
  flush(now);
}

void Gossip::set_seeds(Instant now, std::vector<Endpoint> seeds) {
  seeds_.assign(now, seeds, config_.address);
  ask_seeds(now);
  flush(now);
}

void Gossip::recall(Instant now, const Endpoint& address) {
  if (!leaving() && address != config_.address) open(now, StreamPurpose::Recall, address);
  flush(now);
}

Result<void> Gossip::set_tags(Instant now, std::map<std::string, std::string> tags) {
  auto meta = wire::gossip::encode_tags(tags);
  if (!meta) return tl::unexpected(meta.error());
  config_.tags = std::move(tags);
  swim_.update_meta(now, std::move(*meta), out_);
  flush(now);
  return {};
}

Result<void> Gossip::set_keys(crypto::Keyring keys) {
  // The room that encryption takes from each packet was set aside at the start.
  if (keys.empty() != config_.pool.keys.empty()) {
    return failure(ErrorCode::Refused, "", keys.empty() ? "the pool must keep a key" : "the pool runs without keys");
  }
  config_.pool.keys = std::move(keys);
  return {};
}

void Gossip::leave(Instant now) {
  if (leaving()) return;
  leave_deadline_ = now + config_.leave_timeout;
  intents_.broadcast_leave(now);
  if (!SYNCER_MUTATED("gossip.leave_in_silence")) swim_.leave(now, out_);
  left_ = swim_.leave_announced();
  flush(now);
}

// Datagrams.

void Gossip::on_datagram(Instant now, const Endpoint& sender, ByteView packet) {
  ++received_;
  const Endpoint from = addresses_.known(sender);
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

void Gossip::take_message(Instant now, const Endpoint& from, const membership::Message& message) {
  if (const auto* user = std::get_if<membership::User>(&message)) {
    if (!wire::gossip::is_serf_message(user->payload)) return dropped(now, from, "unreadable_user");
    take_user(now, user->payload);
  }
  const membership::Received received = swim_.receive(now, from, message, out_);
  count_refusals(now, from);
  notifier_.refute_to(from, message);
  if (const auto* account = std::get_if<membership::Alive>(&message)) {
    notifier_.send_both_accounts(*account);
    claims_.note(now, *account, from == account->address);
    ask_itself(now, *account);
  }
  on_received(now, from, message, received);
}

void Gossip::on_received(Instant now, const Endpoint& from, const membership::Message& message,
                         membership::Received received) {
  switch (received) {
    case membership::Received::Handled:
      if (const auto* ping = std::get_if<membership::Ping>(&message)) {
        inbound_probes_.probed();
        greet(now, from, *ping);
      }
      if (std::holds_alternative<membership::Ack>(message) || SYNCER_MUTATED("gossip.any_word_answers"))
        note_answer(from);
      break;
    case membership::Received::UnknownAck:
      break;  // a late answer is no offence
    case membership::Received::WrongNode:
      return dropped(now, from, "wrong_node");
    case membership::Received::UnknownTarget:
      return dropped(now, from, "unknown_target");
    case membership::Received::RelaysBusy:
      return dropped(now, from, "relays_busy");
  }
}

void Gossip::take_user(Instant now, ByteView payload) {
  if (const auto intent = intents_.on_user_message(now, payload)) take_leave(now, *intent);
  key_queries_.on_user_message(now, payload);
}

/// What it answered, only it can have been asked: it is there, whoever says what.
void Gossip::note_answer(const Endpoint& from) {
  const Member* member = swim_.members().find(from);
  if (member == nullptr || member->name == config_.node || membership::is_gone(member->state)) return;
  answered_.emplace_back(member->name, from);
}

/// Who says so may be anybody in a pool without a key, and a member that is cut off never hears of it. So it is
/// believed of members that are not there, each once, and they are asked like those that failed.
void Gossip::take_leave(Instant now, const wire::gossip::LeaveIntent& intent) {
  const bool is_lost = swim_.force_leave(now, intent.node, out_) || failed_.is_awaited(intent.node);
  if (!is_lost) return;
  failed_.set_left(intent.node);
  intents_.pass_on(now, intent);
  changed_ = true;
}

/// A sender of probes knows us as a member. If we do not know it, we lost the pool: a restart whose only seed is the
/// own address, or is down. It is asked for the pool, well before anybody's next exchange with us.
void Gossip::greet(Instant now, const Endpoint& from, const membership::Ping& ping) {
  const bool known = swim_.members().find(from) != nullptr || swim_.members().find(ping.source) != nullptr;
  if (known || leaving() || now < next_greeting_) return;
  if (SYNCER_MUTATED("gossip.ignore_strangers")) return;
  SYNCER_SOMETIMES(true, "gossip.asks_a_prober_for_the_pool");
  next_greeting_ = now + kBetweenGreetings;
  open(now, StreamPurpose::Reconnect, from);
}

/// A number that is too high for hearsay may be true all the same, and then it is heard of nobody else.
void Gossip::ask_itself(Instant now, const membership::Alive& account) {
  if (leaving() || now < next_question_ || !swim_.is_beyond_hearsay(now, account)) return;
  if (SYNCER_MUTATED("gossip.ask_nobody_himself")) return;
  next_question_ = now + kBetweenQuestions;
  open(now, StreamPurpose::Exchange, account.address);
}

void Gossip::dropped(Instant now, const Endpoint& from, std::string_view reason) {
  const auto known = drops_.find(reason);
  ++(known != drops_.end() ? known : drops_.emplace(reason, 0).first)->second;
  if (!observer_.wants(Severity::Debug)) return;
  observe(observer_, now, EventKind::PacketDropped, Severity::Debug, {{"from", to_string(from)}, {"reason", reason}});
}

/// What the core did not believe of what it was just given.
void Gossip::count_refusals(Instant now, const Endpoint& from) {
  for (const std::string_view reason : out_.refusals) dropped(now, from, reason);
  out_.refusals.clear();
}

// Streams.

void Gossip::open(Instant now, StreamPurpose purpose, const Endpoint& to, std::uint32_t seq) {
  streams_.open(purpose, to, seq, now + config_.options.stream_timeout);
}

void Gossip::on_stream_accepted(Instant now, LinkId link, const Endpoint& from) {
  if (!streams_.accept(now, link, from)) dropped(now, from, "busy");
}

void Gossip::on_stream_data(Instant now, LinkId link, ByteView bytes) {
  auto result = streams_.feed(link, bytes);
  if (!result) result = streams_.take_excess();
  if (!result) return;
  take_result(now, *result);
  flush(now);
}

void Gossip::on_stream_closed(Instant now, LinkId link, std::string_view reason) {
  const auto result = streams_.closed(link, reason);
  if (!result) return;
  take_result(now, *result);
  flush(now);
}

void Gossip::take_result(Instant now, const StreamResult& result) {
  const GossipStream& stream = *result.stream;
  if (!result.drop.empty()) dropped(now, stream.peer, result.drop);
  if (result.failure) join_failed(now, stream, *result.failure);
  if (result.message == nullptr) return;
  if (const auto* exchange = std::get_if<wire::gossip::Exchange>(result.message)) merge(now, stream, *exchange);
  if (const auto* user = std::get_if<membership::User>(result.message)) take_user(now, user->payload);
  if (const auto* ack = std::get_if<membership::Ack>(result.message)) take_ack(stream, *ack);
}

void Gossip::take_ack(const GossipStream& stream, const membership::Ack& ack) {
  if (ack.seq != stream.seq) return;
  if (stream.purpose == StreamPurpose::Ping) swim_.stream_contact(ack.seq);
  if (stream.purpose == StreamPurpose::NameCheck) name_check_.answered(config_.node, stream.peer);
}

void Gossip::merge(Instant now, const GossipStream& stream, const wire::gossip::Exchange& exchange) {
  if (stream.purpose == StreamPurpose::Accepted && exchange.join) name_check_.let_joiner_check_first(now);
  const bool join = exchange.join || stream.purpose == StreamPurpose::Join;
  const membership::Merge merged = swim_.merge(now, exchange.entries, join, out_);
  count_refusals(now, stream.peer);
  switch (merged) {
    case membership::Merge::Incompatible:
      dropped(now, stream.peer, "vsn_incompatible");
      return join_failed(now, stream, "speaks an incompatible protocol version");
    case membership::Merge::Vetoed:
      dropped(now, stream.peer, "vetoed");
      return join_failed(now, stream, "was refused");
    case membership::Merge::Merged:
      break;
  }
  for (const membership::Entry& e : exchange.entries) {
    if (e.state != static_cast<std::int64_t>(State::Alive)) continue;
    const membership::Alive account{e.incarnation, e.name, e.address, e.meta, e.versions};
    const bool is_recalled = stream.purpose == StreamPurpose::Recall && !SYNCER_MUTATED("gossip.recall_in_vain");
    const bool is_met = stream.purpose == StreamPurpose::Join || is_recalled;
    if (is_met && e.address == stream.peer) swim_.meet(now, account, out_);
    const bool is_own_word = stream.purpose != StreamPurpose::Accepted && e.address == stream.peer;
    is_own_word ? swim_.hear_itself(now, account, out_) : ask_itself(now, account);
    notifier_.send_both_accounts(account);
    claims_.note(now, account, stream.peer.host() == e.address.host());
  }
  intents_.witness(exchange.user_state);
  if (stream.purpose == StreamPurpose::Accepted) return;
  inbound_probes_.exchanged(now);
  note_answer(stream.peer);
  if (stream.purpose == StreamPurpose::Recall) intents_.on_joined(now);
  if (stream.purpose != StreamPurpose::Join) return;
  meet_elders(now, exchange);
  on_joined(now, stream.peer, exchange.entries.size());
}

/// A seed was chosen by the operator: what it lists to a newcomer was in the pool before that one, our own name too.
void Gossip::meet_elders(Instant now, const wire::gossip::Exchange& exchange) {
  if (!name_check_.is_newcomer(now)) return;
  for (const membership::Entry& e : exchange.entries) {
    if (e.state != static_cast<std::int64_t>(State::Alive)) continue;
    if (e.name != config_.node)
      elders_.emplace(e.name);
    else if (e.address != config_.address)
      check_name(now, e.address);
  }
}

void Gossip::check_name(Instant now, const Endpoint& other) {
  if (!leaving() && name_check_.begin(now)) open(now, StreamPurpose::NameCheck, other, 1);
}

void Gossip::on_joined(Instant now, const Endpoint& seed, std::size_t members) {
  intents_.on_joined(now);
  seeds_.answered(now, seed);
  observe(observer_, now, EventKind::JoinSucceeded, Severity::Info,
          {{"seed", to_string(seed)}, {"members", static_cast<std::uint64_t>(members)}});
}

/// A stream failed; only a seed is waited for.
void Gossip::join_failed(Instant now, const GossipStream& stream, std::string_view reason) {
  if (stream.purpose != StreamPurpose::Join) return;
  seeds_.failed(now, stream.peer, reason);
  observe(observer_, now, EventKind::JoinFailed, Severity::Warning,
          {{"seed", to_string(stream.peer)}, {"reason", reason}});
}

// Time.

void Gossip::ask_seeds(Instant now) {
  if (leaving() || seeds_.empty()) return;
  const auto is_member = [&](const Endpoint& address) {
    const Member* member = swim_.members().find(address);
    return member != nullptr && member->state == State::Alive;
  };
  for (const Endpoint& seed : seeds_.take_due(now, !swim_.has_peer(), is_member)) {
    open(now, StreamPurpose::Join, seed);
  }
}

/// Whoever is there says so himself. A claim alone would bring back who only ever was named, long after he went.
void Gossip::ask_claimants(Instant now) {
  for (const MemberInfo& claim : claims_.take_free(now, config_.options.dead_reclaim)) {
    if (leaving()) return;
    if (SYNCER_MUTATED("gossip.believe_claimants_unasked")) {
      const membership::Alive account{claim.incarnation, claim.name, claim.address, claim.tags_raw, {}};
      swim_.receive(now, claim.address, account, out_);
      continue;
    }
    SYNCER_SOMETIMES(true, "gossip.asks_who_claims_a_free_name");
    open(now, StreamPurpose::Reconnect, claim.address);
  }
}

void Gossip::advance(Instant now) {
  if (now >= swim_.next_deadline()) swim_.advance(now, out_);
  while (const auto expired = streams_.take_expired(now)) take_result(now, *expired);
  ask_seeds(now);
  ask_claimants(now);
  intents_.advance(now);
  if (const auto address = failed_.take_due(now); address && !leaving()) {
    open(now, StreamPurpose::Reconnect, *address);
  }
  const bool announced = swim_.leave_announced() && !SYNCER_MUTATED("gossip.wait_in_vain_to_leave");
  left_ = left_ || (leaving() && (announced || now >= leave_deadline_));
  flush(now);
}

Instant Gossip::next_deadline() const {
  Instant next =
      std::min({swim_.next_deadline(), streams_.next_deadline(), failed_.next_deadline(), intents_.next_deadline()});
  if (!leaving()) next = std::min(next, seeds_.next_deadline());
  if (leaving() && !left_) next = std::min(next, leave_deadline_);
  return next;
}

// What the core wants done.

void Gossip::flush(Instant now) {
  packets_.send(out_);
  // Opening a stream and reporting a change call nothing back, but they may ask for more.
  const std::vector<membership::StreamRequest> streams = std::move(out_.streams);
  const std::vector<Change> changes = std::move(out_.changes);
  out_.clear();
  for (const membership::StreamRequest& s : streams) {
    const bool ping = s.kind == membership::StreamRequest::Kind::Ping;
    streams_.open(ping ? StreamPurpose::Ping : StreamPurpose::Exchange, s.to, s.seq, s.deadline);
  }
  for (const Change& change : changes) report(now, change);
  packets_.send(out_);
  out_.clear();
}

void Gossip::report(Instant now, const Change& change) {
  using Kind = Change::Kind;
  const bool about_me = change.name == config_.node;
  const bool conflict = change.kind == Kind::Conflict;
  if (about_me && conflict && SYNCER_MUTATED("gossip.race_joiner_for_name")) check_name(now, change.other);
  addresses_.note(change);
  if (addresses_.size() > swim_.members().size())
    addresses_.keep_only([this](const std::string& name) { return swim_.members().find(name) != nullptr; });
  notifier_.notify_subject(change);
  if (!about_me || conflict) {
    changed_ = true;
    if (change.kind == Kind::Died && !SYNCER_MUTATED("gossip.forget_failed_members")) {
      const Member* member = swim_.members().find(change.name);
      failed_.add(now, info_of(change, member != nullptr ? member->round_trips.latest() : Duration{}));
    }
    if (change.kind == Kind::Joined) failed_.remove(change.name);
  }
  observe_change(observer_, now, change);
}

// For the layers above.

bool Gossip::take_changed() { return std::exchange(changed_, false); }

std::vector<MemberInfo> Gossip::members() const {
  std::map<std::string, MemberInfo> all;
  failed_.for_each([&](const MemberInfo& m) { all.emplace(m.name, m); });
  swim_.members().for_each([&](const Member& m) { all.insert_or_assign(m.name, info_of(m)); });
  std::vector<MemberInfo> result;
  for (auto& [name, member] : all) result.push_back(std::move(member));
  return result;
}

void Gossip::hash(StateHasher& h) const {
  swim_.hash(h);
  seeds_.hash(h);
  h.add(streams_.size());
  h.add(intents_.clock());
  h.add((leaving() ? 1U : 0U) + (left_ ? 2U : 0U));
}

}  // namespace syncer::gossip
