// SPDX-License-Identifier: Apache-2.0
#include "syncer/peering/attestations.h"

#include <tuple>
#include <utility>

#include "syncer/base/hash.h"
#include "syncer/base/mutation.h"

namespace syncer::peering {

using replication::Attestation;

replication::Expand Attestations::expander() const {
  return
      [signer = signer_](std::span<const ByteView> parts, std::span<std::uint8_t> out) { signer->expand(parts, out); };
}

const Attestation& Attestations::own(const replication::Publisher& publisher, bool is_beat) {
  const replication::OwnLog& log = publisher.log();
  const bool same_place = own_ && own_->version() == replication::Version{log.epoch(), log.head()} &&
                          own_->healthy == publisher.healthy() && own_->gc == log.gc();
  if (same_place && !is_beat) return *own_;
  const std::uint64_t beat = own_ && own_->epoch == log.epoch() ? own_->beat + 1 : 1;
  own_ = Attestation{log.epoch(),
                     log.head(),
                     log.gc(),
                     log.live(),
                     log.set_hash().total(),
                     publisher.healthy(),
                     run_,
                     beat,
                     log.digest()->value(),
                     signer_->certificate(),
                     {}};
  own_->signature = signer_->sign(wire::attested_text(config_.region, *own_));
  return *own_;
}

Attestations::Age Attestations::age_of(std::string_view region, const Attestation& attestation) const {
  const auto known = heard_.find(region);
  if (known == heard_.end() || SYNCER_MUTATED("attestation.believe_old_life")) return Age::New;
  const auto last = std::tie(known->second.epoch, known->second.beat);
  const auto said = std::tie(attestation.epoch, attestation.beat);
  if (said == last) return Age::Same;
  return said < last ? Age::Old : Age::New;
}

void Attestations::note(std::string_view region, const Attestation& attestation) {
  heard_.insert_or_assign(std::string(region), Heard{attestation.epoch, attestation.beat, attestation.run});
}

Result<void> Attestations::verify(std::string_view region, const Attestation& attestation) const {
  if (SYNCER_MUTATED("attestation.verify_nothing")) return {};
  const auto signed_by =
      signer_->verify(attestation.certificate, wire::attested_text(region, attestation), attestation.signature);
  if (!signed_by) return tl::unexpected(signed_by.error());
  if (SYNCER_MUTATED("attestation.believe_any_region")) return {};
  const std::string objection = objection_to(*signed_by, CertificateRule::Required, PeerRole::Sync, region, "");
  if (!objection.empty()) return failure(ErrorCode::Refused, "", objection);
  return {};
}

std::optional<std::uint64_t> Attestations::run_of(std::string_view region, Epoch epoch) const {
  const auto known = heard_.find(region);
  if (known == heard_.end() || known->second.epoch != epoch) return std::nullopt;
  return known->second.run;
}

void Attestations::forget(std::string_view region) {
  if (const auto known = heard_.find(region); known != heard_.end()) heard_.erase(known);
}

Bytes Attestations::encode(PeerLink& link, std::string_view region, Attestation attestation) {
  const std::uint64_t hash = hash64(attestation.certificate);
  const auto [sent, is_new] = link.certificates_sent.try_emplace(std::string(region), hash);
  if (!is_new && sent->second == hash) attestation.certificate.clear();
  sent->second = hash;
  return region.empty() ? wire::encode_sync(replication::WriterMessage(std::move(attestation)))
                        : wire::encode_sync(region, replication::WriterMessage(std::move(attestation)));
}

void Attestations::keep_certificate(PeerLink& link, std::string_view region, const Attestation& attestation,
                                    const IsOffered& is_offered) {
  if (attestation.certificate.empty()) return;
  const bool keeps_all = SYNCER_MUTATED("attestation.keep_every_certificate");
  if (!is_offered(region) && !keeps_all) return;
  // Below that they stay: former releases send none again.
  if (link.certificates_read.size() > wire::kMaxWays && !keeps_all) {
    std::erase_if(link.certificates_read,
                  [&](const auto& entry) { return !entry.first.empty() && !is_offered(entry.first); });
  }
  link.certificates_read.insert_or_assign(std::string(region), attestation.certificate);
}

void Attestations::send_certificates_again(PeerLink& link, const IsOffered& is_offered) {
  if (SYNCER_MUTATED("attestation.send_a_certificate_never_again")) return;
  std::erase_if(link.certificates_sent,
                [&](const auto& entry) { return !entry.first.empty() && !is_offered(entry.first); });
}

bool Attestations::complete(PeerLink& link, std::string_view region, Attestation& attestation) {
  if (!attestation.certificate.empty()) {
    if (region.empty()) link.certificates_read.insert_or_assign(std::string(), attestation.certificate);
    return true;
  }
  const auto known = link.certificates_read.find(region);
  if (known == link.certificates_read.end()) return false;
  attestation.certificate = known->second;
  return true;
}

}  // namespace syncer::peering
