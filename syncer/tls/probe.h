// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/identity.h"
#include "syncer/base/result.h"
#include "syncer/tls/credentials.h"

namespace syncer::tls {

/// What became of one handshake with a syncer that runs.
struct Probe {
  std::optional<PeerIdentity> peer;  ///< its certificate is believed
  std::string ends;                  ///< when that certificate ends
  std::string objection;             ///< why no link comes about; empty when one does
};

/// Dials HOST:PORT and shakes hands; blocks for some seconds at most. An error when nobody answers there.
Result<Probe> probe(const Credentials& credentials, const std::string& host, const std::string& port, Channel channel);

/// Whether the second end would believe the certificate of the first: by its CAs and its deny-list, offline. Empty, or
/// why not.
Result<std::string> objection_between(const CredentialFiles& shows, const CredentialFiles& judges);

}  // namespace syncer::tls
