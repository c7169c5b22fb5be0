// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "syncer/base/result.h"

namespace syncer {

/// What a certificate lets a syncer do for its region.
enum class PeerRole : std::uint8_t {
  Sync,   ///< speak to other regions: publish its region's records, and be told theirs
  Voter,  ///< be one of the group that elects the region's writer
};

/// Whom the certificate at the other end of a link names. Only a finished handshake gives one.
struct PeerIdentity {
  std::string region;       ///< empty: there is no certificate
  bool sync = false;        ///< has PeerRole::Sync
  bool voter = false;       ///< has PeerRole::Voter
  std::string node;         ///< empty: any syncer of the region
  std::string fingerprint;  ///< SHA-256 of the certificate, lower-case hexadecimal

  bool present() const { return !region.empty(); }
  bool has(PeerRole role) const { return role == PeerRole::Sync ? sync : voter; }
  bool operator==(const PeerIdentity&) const = default;
};

/// What a node believes without a certificate.
enum class CertificateRule : std::uint8_t {
  Off,       ///< everything: it has no certificate itself
  Optional,  ///< whoever shows none, for the time in which a pool moves; who shows one is held to it
  Required,  ///< nothing
};

/// "sync", "voter".
std::string_view name(PeerRole role);

/// The URI that stands among the names of a certificate: `syncer://REGION/ROLES/NODE`, the roles joined by "+", the
/// node left out when there is none. The region is where a URI has its host, so that the name constraint of an
/// intermediate CA bounds it. Names are percent-encoded but for lower-case letters, digits, "-", "_" and inner dots:
/// name constraints know no case, regions do.
std::string identity_uri(const PeerIdentity& identity);
/// The way back; `uri` must be as identity_uri() writes it. Invalid, with what is wrong.
Result<PeerIdentity> parse_identity_uri(std::string_view uri);
/// Whether a URI is meant to be an identity at all.
bool is_identity_uri(std::string_view uri);

/// Why the other end of a link may not act as that syncer of that region in that role; empty when it may. An empty
/// `node`: its name is not known yet.
std::string objection_to(const PeerIdentity& identity, CertificateRule rule, PeerRole role, std::string_view region,
                         std::string_view node);

}  // namespace syncer
