// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <variant>

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/peering/relay.h"

/// What a Relay does where links are certified: origins vouch for what relays pass on.
namespace syncer::peering {

using replication::Attestation;
using replication::Heard;

/// A digest costs something for each change: without a relay in the pool there is none.
void Relay::begin_vouching() {
  if (attestations_.required() && !core_.keeps_digests()) core_.keep_digests(attestations_.expander());
}

/// It sees our log as it is, and knows attestations. Who reads us himself is told, too: so that he knows which sign of
/// life was the last one when he comes to read by way of others.
bool Relay::serves(const Peer& reader) const { return reader.attests && !core_.has_view(reader.id) && up(reader.out); }

void Relay::vouch(Instant now, const replication::Publish& message) {
  if (!core_.keeps_digests()) return;
  const auto* push = std::get_if<replication::Push>(&message.message);
  const bool is_beat = std::holds_alternative<replication::Heartbeat>(message.message);
  const bool at_head = push != nullptr && push->last == push->head && push->head == core_.log().head();
  if (!is_beat && !at_head) return;
  const Attestation* own = nullptr;
  for (const replication::RegionId region : message.to) {
    const Peer& peer = peers_.at(peers_.name_of(region));
    if (!serves(peer)) continue;
    if (own == nullptr) own = &attestations_.own(core_.publisher(), is_beat);
    send_(now, *peer.out, Attestations::encode(*links_.find(*peer.out), "", *own));
  }
}

void Relay::pass_on(Instant now, replication::RegionId origin, const std::vector<replication::RegionId>& to,
                    const Attestation& attestation) {
  const std::string& name = peers_.name_of(origin);
  for (const replication::RegionId reader : to) {
    const Peer& peer = peers_.at(peers_.name_of(reader));
    if (up(peer.out)) send_(now, *peer.out, Attestations::encode(*links_.find(*peer.out), name, attestation));
  }
}

/// The link shows whose word it is. Who passes it on looks whether others will believe it.
void Relay::note(Instant now, PeerLink& link, const Peer& origin, Attestation attestation, replication::Outputs& out) {
  const bool whole = Attestations::complete(link, "", attestation);
  if (!core_.keeps_digests() || !in_bounds(attestation.epoch)) return;
  // Who was let in without a certificate may be anybody.
  if (config_.sync.relay || !link.identity.present()) {
    const Result<void> good = whole ? attestations_.verify(origin.name, attestation)
                                    : failure(ErrorCode::Refused, "", "it came without its certificate");
    if (!good) return links_.report_drop(now, Refusal::Forged, origin.name, good.error().detail);
  }
  if (attestations_.age_of(origin.name, attestation) == Attestations::Age::New) {
    attestations_.note(origin.name, attestation);
  }
  if (origin.via.empty()) core_.receive(now, origin.id, attestation, out);
}

/// Only what is new says that the region is there; all else it says is good for what it says of the set.
void Relay::hear_vouched(Instant now, PeerLink& link, Peer& origin, replication::WriterMessage message,
                         replication::Outputs& out) {
  bool is_life = false;
  if (auto* said = std::get_if<Attestation>(&message)) {
    if (!Attestations::complete(link, origin.name, *said)) {
      links_.report_drop(now, Refusal::Forged, origin.name, "by way of " + origin.via + ": it brings no certificate");
      return;  // such a way brings nothing, and is left for another one
    }
    const Attestations::Age age = attestations_.age_of(origin.name, *said);
    SYNCER_SOMETIMES(age == Attestations::Age::Old, "attestation.old_word");
    if (age == Attestations::Age::Old) return links_.count(Refusal::OldWord);
    if (const auto good = attestations_.verify(origin.name, *said); !good) {
      return refuse_way(now, origin, good.error().detail);
    }
    attestations_.note(origin.name, *said);
    is_life = age == Attestations::Age::New;
  }
  const bool unsigned_life = SYNCER_MUTATED("attestation.believe_plain_heartbeats");
  is_life = is_life || (unsigned_life && std::holds_alternative<replication::Heartbeat>(message));
  // Anybody can say a heartbeat; asked for its epoch, the trust in the writer would change by it.
  if (std::holds_alternative<replication::Heartbeat>(message) && !unsigned_life)
    return refuse_way(now, origin, "it is not what the region vouches for");
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const std::optional<std::uint64_t> run = attestations_.run_of(origin.name, epoch);
  if (!run && !unsigned_life) return;
  const Heard heard = take_in(now, run.value_or(0), origin, message, out);
  if (heard == Heard::Forged) return refuse_way(now, origin, "it is not what the region vouches for");
  // Its life alone, without its records, is of no use.
  const bool is_use =
      heard != Heard::Word || (is_life && SYNCER_MUTATED("attestation.stay_with_who_brings_life_alone"));
  if (is_use) origin.heard_by_way = now;
  origin.writer.heard(now, run.value_or(0), epoch, is_life ? heard : Heard::Word);
}

/// Who was found to lie about a region does so about that one; its other ways are judged by themselves.
void Relay::refuse_way(Instant now, Peer& origin, const std::string& why) {
  const std::string liar = origin.via;
  links_.report_drop(now, Refusal::Forged, origin.name, "by way of " + liar + ": " + why);
  SYNCER_SOMETIMES(true, "attestation.way_of_a_liar_is_left");
  table_.distrust(now, origin.name, liar);
  if (SYNCER_MUTATED("attestation.go_on_with_a_liar")) return;
  take(now, origin, "");
  changed_ = true;
}

}  // namespace syncer::peering
