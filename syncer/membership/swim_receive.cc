// SPDX-License-Identifier: Apache-2.0
#include <type_traits>

#include "syncer/membership/swim.h"

namespace syncer::membership {

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
        if constexpr (std::is_same_v<T, Alive>) {
          Alive with = m;
          with.address = with_port(m.address);
          roster_.alive(now, with, out);
        }
        return Received::Handled;
      },
      message);
}

Endpoint Swim::with_port(Endpoint address) const {
  // Protocol 1 told no ports: everybody used the same one.
  if (address.port == 0) address.port = roster_.self().address.port;
  return address;
}

Endpoint Swim::answer_to(const Endpoint& from, const Endpoint& named) const {
  // Whoever writes an address into a packet must not make us send to it, unless we would anyway.
  const bool known = named.port != 0 && members().find(named) != nullptr;
  return known ? named : from;
}

Received Swim::on_ping(const Endpoint& from, const Ping& ping, Outputs& out) {
  if (!ping.node.empty() && ping.node != self_name()) return Received::WrongNode;
  courier_.send(answer_to(from, ping.source), Ack{ping.seq, {}}, members().size(), out);
  return Received::Handled;
}

Received Swim::on_indirect_ping(Instant now, const Endpoint& from, const IndirectPing& request, Outputs& out) {
  const Member* target = members().find(request.node);
  if (target == nullptr || target->address != with_port(request.target)) return Received::UnknownTarget;
  if (relays_.full()) return Received::RelaysBusy;
  const std::uint32_t seq = prober_.next_seq();
  const Duration patience = prober_.direct_timeout(*target);
  relays_.add({seq, request.seq, answer_to(from, request.source), request.nack, now + patience});
  const Ping ping{seq, target->name, roster_.self().address, self_name()};
  courier_.send(target->address, ping, members().size(), out);
  return Received::Handled;
}

Received Swim::on_ack(Instant now, const Ack& ack, Outputs& out) {
  if (prober_.acked(now, ack.seq)) return Received::Handled;
  if (const auto relay = relays_.take(ack.seq)) {
    courier_.send(relay->asker, Ack{relay->their_seq, {}}, members().size(), out);
    return Received::Handled;
  }
  return Received::UnknownAck;
}

}  // namespace syncer::membership
