// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/peering/config.h"
#include "syncer/peering/links.h"
#include "syncer/ports/signer.h"
#include "syncer/replication/replication.h"

namespace syncer::peering {

/// What writers vouch for with the keys of their certificates, where links are certified: makes our own, and judges
/// those of others that come by way of relays. Whose word came last is kept: an older one is no sign of life.
class Attestations {
 public:
  /// Borrows both. Without a signer nothing is vouched for, and nothing is believed by way of others.
  Attestations(const PeeringConfig& config, Signer* signer, std::uint64_t run)
      : config_(config), signer_(signer), run_(run) {}

  /// A region's records by way of others count by its attestations alone.
  bool required() const { return config_.certificates != CertificateRule::Off; }
  /// They can be made and judged here.
  bool possible() const { return signer_ != nullptr; }
  /// A hash for SetDigest.
  replication::Expand expander() const;

  /// Vouches for our log as it is. For the same place and health the former one serves, unless it is to be a sign of
  /// life. For a log that keeps a digest.
  const replication::Attestation& own(const replication::Publisher& publisher, bool is_beat);

  enum class Age : std::uint8_t { New, Same, Old };
  /// Compared with the last one of the region that was noted.
  Age age_of(std::string_view region, const replication::Attestation& attestation) const;
  void note(std::string_view region, const replication::Attestation& attestation);
  /// The key of the region made it. The certificate is as complete() gives it.
  Result<void> verify(std::string_view region, const replication::Attestation& attestation) const;
  /// The process that writes for the region, as its last one says; nothing before the first.
  std::optional<std::uint64_t> run_of(std::string_view region, Epoch epoch) const;
  void forget(std::string_view region);

  /// The frame of an attestation for a link: its certificate goes once over each. `region`: whose it is, empty for the
  /// sender's own.
  static Bytes encode(PeerLink& link, std::string_view region, replication::Attestation attestation);
  using IsOffered = std::function<bool(std::string_view region)>;
  /// It goes once over a link, so it is kept even when the attestation itself is of no use; of regions that the other
  /// side offers alone, and of no more than it can offer.
  static void keep_certificate(PeerLink& link, std::string_view region, const replication::Attestation& attestation,
                               const IsOffered& is_offered);
  /// Of a region that is not offered on the link any more the certificate goes once more when it is: the other side
  /// need not have kept it.
  static void send_certificates_again(PeerLink& link, const IsOffered& is_offered);
  /// Puts the certificate in that went over the link before, and keeps the one of the sender himself; false when none
  /// did.
  static bool complete(PeerLink& link, std::string_view region, replication::Attestation& attestation);

 private:
  struct Heard {
    Epoch epoch;
    std::uint64_t beat;
    std::uint64_t run;
  };

  const PeeringConfig& config_;
  Signer* signer_;
  std::uint64_t run_;
  std::optional<replication::Attestation> own_;
  std::map<std::string, Heard, std::less<>> heard_;
};

}  // namespace syncer::peering
