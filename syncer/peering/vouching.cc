// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/vouching.h"

#include <utility>
#include <variant>

#include "syncer/base/epoch_bounds.h"
#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::peering {

using replication::Attestation;

void Vouching::begin() {
  if (attestations_.required() && !core_.keeps_digests()) core_.keep_digests(attestations_.expander());
}

/// It sees our log as it is, and knows attestations. Who reads us himself is told, too: so that he knows which sign of
/// life was the last one when he comes to read by way of others.
bool Vouching::serves(const Peer& reader) const {
  return reader.attests && !core_.has_view(reader.id) && links_.up(reader.out);
}

void Vouching::vouch(Instant now, const replication::Publish& message) {
  if (!core_.keeps_digests()) return;
  const auto* push = std::get_if<replication::Push>(&message.message);
  const bool is_beat = std::holds_alternative<replication::Heartbeat>(message.message);
  const bool at_head = push != nullptr && push->last == push->head && push->head == core_.log().head();
  if (!is_beat && !at_head) return;
  const Attestation* own = nullptr;
  for (const replication::RegionId region : message.to) {
    const Peer& peer = peers_.of(region);
    if (!serves(peer)) continue;
    if (own == nullptr) own = &attestations_.own(core_.publisher(), is_beat);
    send_(now, *peer.out, Attestations::encode(*links_.find(*peer.out), "", *own));
  }
}

void Vouching::pass_on(Instant now, replication::RegionId origin, const std::vector<replication::RegionId>& to,
                       const Attestation& attestation) {
  const std::string& name = peers_.name_of(origin);
  for (const replication::RegionId reader : to) {
    const Peer& peer = peers_.of(reader);
    if (links_.up(peer.out)) send_(now, *peer.out, Attestations::encode(*links_.find(*peer.out), name, attestation));
  }
}

/// The link shows whose word it is. Who passes it on looks whether others will believe it.
void Vouching::note(Instant now, PeerLink& link, const Peer& origin, Attestation attestation,
                    replication::Outputs& out) {
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

std::optional<Vouching::Judgement> Vouching::judge_word(Instant now, PeerLink& link, const Peer& origin,
                                                        Attestation& said) {
  Judgement judgement;
  if (!Attestations::complete(link, origin.name, said)) {
    links_.report_drop(now, Refusal::Forged, origin.name, "by way of " + origin.via + ": it brings no certificate");
    return std::nullopt;  // such a way brings nothing, and is left for another one
  }
  const Attestations::Age age = attestations_.age_of(origin.name, said);
  SYNCER_SOMETIMES(age == Attestations::Age::Old, "attestation.old_word");
  if (age == Attestations::Age::Old) {
    links_.count(Refusal::OldWord);
    return std::nullopt;
  }
  if (const auto good = attestations_.verify(origin.name, said); !good) {
    judgement.lie = good.error().detail;
    return judgement;
  }
  attestations_.note(origin.name, said);
  judgement.is_life = age == Attestations::Age::New;
  return judgement;
}

/// Only what is new says that the region is there; all else it says is good for what it says of the set.
Vouching::Judgement Vouching::judge(Instant now, PeerLink& link, const Peer& origin,
                                    replication::WriterMessage& message) {
  Judgement judgement;
  if (auto* said = std::get_if<Attestation>(&message)) {
    auto word = judge_word(now, link, origin, *said);
    if (!word || !word->lie.empty()) return word.value_or(Judgement{});
    judgement = std::move(*word);
  }
  const bool is_beat = std::holds_alternative<replication::Heartbeat>(message);
  const bool unsigned_life = SYNCER_MUTATED("attestation.believe_plain_heartbeats");
  judgement.is_life = judgement.is_life || (unsigned_life && is_beat);
  // Anybody can say a heartbeat; asked for its epoch, the trust in the writer would change by it.
  if (is_beat && !unsigned_life) {
    judgement.lie = kNotVouchedFor;
    return judgement;
  }
  const Epoch epoch = std::visit([](const auto& m) { return m.epoch; }, message);
  const std::optional<std::uint64_t> run = attestations_.run_of(origin.name, epoch);
  judgement.counts = run.has_value() || unsigned_life;
  judgement.run = run.value_or(0);
  return judgement;
}

}  // namespace syncer::peering
