// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/prober.h"

#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

Prober::Prober(const Options& options, Roster& roster, Transmitter& transmitter, Random random, Instant now)
    : options_(options), roster_(roster), transmitter_(transmitter) {
  // A start at random: a late answer to a former life of this process must not pass for one to us.
  seq_ = static_cast<std::uint32_t>(random.below(1U << 30U));
  tick_ = now + random.between(Duration(1), options.probe_interval);
}

Duration Prober::direct_timeout(const Member& target) const {
  if (!options_.adapt_probe_timeout) return options_.probe_timeout;
  // A quarter of the round stays for the relays.
  const Duration wanted = std::min(3 * target.round_trips.worst(), options_.probe_interval * 3 / 4);
  return std::max(options_.probe_timeout, wanted);
}

void Prober::probe(Instant now, const Member& target, Outputs& out) {
  Round round;
  round.node = target.name;
  round.address = target.address;
  round.incarnation = target.incarnation;
  round.protocol = target.versions[1];
  round.seq = next_seq();
  round.sent = now;
  round.until = now + roster_.awareness().scaled(options_.probe_interval);
  round.direct_until = std::min(now + direct_timeout(target), round.until);
  const Ping ping{round.seq, target.name, roster_.self().address, roster_.self_name()};
  if (target.state == State::Alive || !options_.lifeguard.buddy) {
    transmitter_.send(target.address, ping, roster_.table().size(), out);
  } else {
    const Suspect accusation{target.incarnation, target.name, roster_.self_name()};
    transmitter_.send_only(target.address, target.versions[1], {ping, accusation}, out);
  }
  round_ = std::move(round);
}

void Prober::ask_others(Outputs& out) {
  Round& round = *round_;
  round.asked_relays = true;
  const auto eligible = [&](const Member& m) {
    return m.state == State::Alive && m.name != roster_.self_name() && m.name != round.node;
  };
  const auto relays = static_cast<std::size_t>(std::max(0, options_.indirect_checks));
  for (const Member* peer : roster_.table().choose(relays, eligible)) {
    const bool nack = options_.lifeguard.probe && peer->versions[1] >= kNackProtocol;
    round.nacks_expected += nack ? 1 : 0;
    const IndirectPing request{round.seq, round.address, round.node, nack, roster_.self().address, roster_.self_name()};
    transmitter_.send(peer->address, request, roster_.table().size(), out);
  }
  if (options_.stream_pings && round.protocol >= kStreamPingProtocol) {
    out.streams.push_back({StreamRequest::Kind::Ping, round.address, round.node, round.seq, round.until});
  }
}

bool Prober::acked(Instant now, std::uint32_t seq) {
  if (!round_) return false;
  if (round_->seq != seq && !SYNCER_MUTATED("membership.any_ack_counts")) return false;
  if (!round_->asked_relays) {
    if (Member* target = roster_.table().find(round_->node)) target->round_trips.add(now - round_->sent);
  }
  finish(now, true, nullptr);
  return true;
}

void Prober::nacked(std::uint32_t seq) {
  if (round_ && round_->seq == seq) ++round_->nacks;
}

void Prober::stream_contact(std::uint32_t seq) {
  if (round_ && round_->seq == seq) round_->stream_contact = true;
}

void Prober::finish(Instant now, bool acked, Outputs* out) {
  const Round round = std::move(*round_);
  round_.reset();
  roster_.awareness().apply(probe_health_delta(acked, round.nacks_expected, round.nacks));
  SYNCER_SOMETIMES(!acked, "membership.no_answer_at_all");
  SYNCER_SOMETIMES(acked && round.asked_relays, "membership.others_reach_it");
  if (!acked && !SYNCER_MUTATED("membership.suspect_nobody"))
    roster_.suspect(now, Suspect{round.incarnation, round.node, roster_.self_name()}, *out);
}

void Prober::next_tick(Instant now) {
  // One missed tick is made up for at once, the others are skipped.
  const Duration late = now - tick_;
  tick_ += options_.probe_interval * (late / options_.probe_interval + 1);
}

void Prober::advance(Instant now, Outputs& out) {
  if (round_ && !round_->asked_relays && now >= round_->direct_until) ask_others(out);
  if (round_ && now >= round_->until) finish(now, round_->stream_contact, &out);
  if (round_ || now < tick_) return;
  next_tick(now);
  Member* target = roster_.table().next_to_probe(now, roster_.self_name(), options_.gossip_to_dead);
  if (target != nullptr) probe(now, *target, out);
}

Instant Prober::next_deadline() const {
  if (!round_) return tick_;
  return round_->asked_relays ? round_->until : round_->direct_until;
}

void Prober::hash(StateHasher& h) const {
  h.add(seq_);
  h.add(static_cast<std::uint64_t>(nanos(tick_)));
  if (!round_) return;
  h.add(ByteView(round_->node));
  h.add(round_->seq);
  h.add(static_cast<std::uint64_t>(nanos(round_->until)));
  h.add(round_->asked_relays ? 1U : 0U);
  h.add(static_cast<std::uint64_t>(round_->nacks));
}

bool Relays::full() const { return relays_.size() >= max_ && !SYNCER_MUTATED("membership.relay_without_limit"); }

std::optional<Relay> Relays::take(std::uint32_t our_seq) {
  const auto it = std::find_if(relays_.begin(), relays_.end(), [&](const Relay& r) { return r.our_seq == our_seq; });
  if (it == relays_.end()) return std::nullopt;
  const Relay found = *it;
  relays_.erase(it);
  return found;
}

std::optional<Relay> Relays::take_expired(Instant now) {
  const auto it = std::find_if(relays_.begin(), relays_.end(), [&](const Relay& r) { return r.deadline <= now; });
  if (it == relays_.end()) return std::nullopt;
  const Relay found = *it;
  relays_.erase(it);
  return found;
}

Instant Relays::next_deadline() const {
  Instant next = kNever;
  for (const Relay& r : relays_) next = std::min(next, r.deadline);
  return next;
}

void Relays::hash(StateHasher& h) const {
  for (const Relay& r : relays_) {
    h.add(r.our_seq);
    h.add(r.their_seq);
    h.add(static_cast<std::uint64_t>(nanos(r.deadline)));
  }
}

}  // namespace syncer::membership
