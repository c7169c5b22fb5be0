// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/swim.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

Swim::Swim(std::string self, Options options, Random random, Instant now)
    : options_(std::move(options)),
      random_(random.stream("swim")),
      roster_(std::move(self), options_, random.stream("members")),
      transmitter_(options_, roster_.queue()),
      prober_(options_, roster_, transmitter_, random.stream("probe"), now),
      relays_(options_.max_relays) {
  gossip_tick_ = now + random_.between(Duration(1), options_.gossip_interval);
  exchange_tick_ = now + options_.push_pull_interval;
  exchange_tick_ += random_.between(Duration(1), options_.push_pull_interval);
}

void Swim::start(Instant now, const Endpoint& address, Bytes meta, Outputs& out) {
  roster_.bootstrap(now, address, std::move(meta), out);
}

Received Swim::receive(Instant now, const Endpoint& from, const Message& message, Outputs& out) {
  skip_idle_ticks(now);
  return std::visit(
      [&](const auto& m) {
        using T = std::decay_t<decltype(m)>;
        if constexpr (std::is_same_v<T, Ping>) return on_ping(from, m, out);
        if constexpr (std::is_same_v<T, IndirectPing>) return on_indirect_ping(now, from, m, out);
        if constexpr (std::is_same_v<T, Ack>) return on_ack(now, m, out);
        if constexpr (std::is_same_v<T, Nack>) prober_.nacked(m.seq);
        if constexpr (std::is_same_v<T, Suspect>) roster_.suspect(now, m, out);
        if constexpr (std::is_same_v<T, Dead>) roster_.dead(now, m, out);
        if constexpr (std::is_same_v<T, Alive>) roster_.alive(now, m, out);
        return Received::Handled;
      },
      message);
}

Endpoint Swim::answer_to(const Endpoint& from, const Endpoint& named) const {
  // An address written into a packet must not make us send to it, unless it is that of a member.
  const bool known = named.port != 0 && members().find(named) != nullptr;
  return known ? named : from;
}

Received Swim::on_ping(const Endpoint& from, const Ping& ping, Outputs& out) {
  if (!ping.node.empty() && ping.node != self_name()) return Received::WrongNode;
  transmitter_.send(answer_to(from, ping.source), Ack{ping.seq, {}}, members().size(), out);
  return Received::Handled;
}

Received Swim::on_indirect_ping(Instant now, const Endpoint& from, const IndirectPing& request, Outputs& out) {
  const Member* target = members().find(request.node);
  if (target == nullptr || target->address != roster_.with_port(request.target)) return Received::UnknownTarget;
  if (relays_.full()) return Received::RelaysBusy;
  const std::uint32_t seq = prober_.next_seq();
  const Duration patience = prober_.direct_timeout(*target);
  relays_.add({seq, request.seq, answer_to(from, request.source), request.nack, now + patience});
  const Ping ping{seq, target->name, roster_.self().address, self_name()};
  transmitter_.send(target->address, ping, members().size(), out);
  return Received::Handled;
}

Received Swim::on_ack(Instant now, const Ack& ack, Outputs& out) {
  if (prober_.acked(now, ack.seq)) return Received::Handled;
  if (roll_call_.answered(now, ack.seq)) return Received::Handled;
  if (const auto relay = relays_.take(ack.seq)) {
    transmitter_.send(relay->asker, Ack{relay->their_seq, {}}, members().size(), out);
    return Received::Handled;
  }
  return Received::UnknownAck;
}

void Swim::call_roll(Instant now, Outputs& out) {
  skip_idle_ticks(now);
  std::vector<std::string> names;
  members().for_each([&](const Member& m) {
    if (m.name != self_name() && m.state != State::Left) names.push_back(m.name);
  });
  roll_call_.begin(now, names);
  ask_the_silent(now, out);
}

void Swim::ask_the_silent(Instant now, Outputs& out) {
  for (const std::string& name : roll_call_.take_due(now)) {
    const Member* member = members().find(name);
    if (member == nullptr) continue;
    const std::uint32_t seq = prober_.next_seq();
    roll_call_.asked(now, name, seq);
    const Ping ping{seq, member->name, roster_.self().address, self_name()};
    transmitter_.send(member->address, ping, members().size(), out);
  }
}

Merge Swim::merge(Instant now, std::span<const Entry> entries, bool join, Outputs& out) {
  skip_idle_ticks(now);
  return roster_.merge(now, entries, join, out);
}

std::vector<Entry> Swim::entries() const {
  std::vector<Entry> all;
  all.reserve(members().size());
  members().for_each([&](const Member& m) {
    const auto state = static_cast<std::int64_t>(m.state);
    all.push_back({m.name, m.address, m.meta, m.incarnation, state, account_of(m).versions});
  });
  return all;
}

void Swim::skip_idle_ticks(Instant now) {
  // No tick is due while there is no news; news that comes now goes out at the next one, not at once.
  if (!roster_.queue().empty() || now <= gossip_tick_) return;
  const Duration late = now - gossip_tick_ - Duration(1);
  gossip_tick_ += options_.gossip_interval * (late / options_.gossip_interval + 1);
}

void Swim::update_meta(Instant now, Bytes meta, Outputs& out) {
  skip_idle_ticks(now);
  roster_.update_meta(now, std::move(meta), out);
}

void Swim::leave(Instant now, Outputs& out) {
  skip_idle_ticks(now);
  roster_.leave(now, out);
}

void Swim::broadcast_user(Instant now, std::string_view name, ByteView payload) {
  skip_idle_ticks(now);
  Bytes encoded;
  options_.encode(User{payload}, encoded);
  roster_.queue().push(name, std::move(encoded));
}

bool Swim::has_peer() const {
  return members().any_of([&](const Member& m) { return m.name != self_name() && !is_gone(m.state); });
}

bool Swim::leave_announced() const { return roster_.leaving() && (!roster_.queue().holds(self_name()) || !has_peer()); }

void Swim::advance(Instant now, Outputs& out) {
  skip_idle_ticks(now);
  roster_.expire(now, out);
  expire_relays(now, out);
  ask_the_silent(now, out);
  prober_.advance(now, out);
  gossip(now, out);
  exchange(now, out);
}

void Swim::expire_relays(Instant now, Outputs& out) {
  while (const auto relay = relays_.take_expired(now)) {
    if (relay->nack) transmitter_.send(relay->asker, Nack{relay->their_seq}, members().size(), out);
  }
}

void Swim::gossip(Instant now, Outputs& out) {
  if (now < gossip_tick_) return;
  gossip_tick_ += options_.gossip_interval * ((now - gossip_tick_) / options_.gossip_interval + 1);
  if (roster_.queue().empty()) return;
  const auto eligible = [&](const Member& m) {
    if (m.name == self_name()) return false;
    if (m.state == State::Dead) return now - m.changed <= options_.gossip_to_dead;
    return m.state != State::Left;
  };
  const auto fanout = static_cast<std::size_t>(std::max(0, options_.gossip_nodes));
  for (const Member* peer : roster_.table().choose(fanout, eligible)) {
    if (!transmitter_.send_news(peer->address, peer->versions[1], members().size(), out)) return;
  }
}

void Swim::exchange(Instant now, Outputs& out) {
  if (now < exchange_tick_) return;
  exchange_tick_ = now + push_pull_interval(options_.push_pull_interval, members().size());
  if (SYNCER_MUTATED("membership.no_state_exchange")) return;
  const auto eligible = [&](const Member& m) { return m.name != self_name() && m.state == State::Alive; };
  for (const Member* peer : roster_.table().choose(1, eligible)) {
    out.streams.push_back({StreamRequest::Kind::Exchange, peer->address, peer->name, 0, now + options_.stream_timeout});
  }
}

Instant Swim::next_deadline() const {
  Instant next = std::min({prober_.next_deadline(), exchange_tick_, roster_.next_expiry(), relays_.next_deadline(),
                           roll_call_.next_deadline()});
  // Without news a gossip tick has nothing to do: a quiet pool sleeps, the phase of the ticks is kept.
  if (!roster_.queue().empty()) next = std::min(next, gossip_tick_);
  return next;
}

void Swim::hash(StateHasher& h) const {
  roster_.hash(h);
  prober_.hash(h);
  relays_.hash(h);
  if (roll_call_.is_open()) h.add(static_cast<std::uint64_t>(nanos(roll_call_.next_deadline())));
  h.add(static_cast<std::uint64_t>(nanos(exchange_tick_)));
}

}  // namespace syncer::membership
