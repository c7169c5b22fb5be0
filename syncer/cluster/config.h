// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "syncer/base/endpoint.h"
#include "syncer/base/identity.h"
#include "syncer/base/time.h"
#include "syncer/crypto/keyring.h"
#include "syncer/settings/settings.h"

namespace syncer::cluster {

/// The group of syncers that serve one region together; only counts in cluster mode.
struct ClusterSettings {
  std::uint32_t voters = 3;  ///< syncers of the region; their list is agreed once, when so many are there
  Duration election_timeout = std::chrono::milliseconds(500);  ///< silence of the leader after which another is elected
  Duration heartbeat = std::chrono::milliseconds(50);
};

settings::Settings<ClusterSettings> cluster_settings();
/// Checks what single settings cannot: combinations that make no sense.
Result<void> validate(const ClusterSettings& settings);

/// What the group of a region needs to know of its node.
struct ClusterConfig {
  std::string region;
  std::string node;
  Endpoint address;  ///< of the cluster port
  ClusterSettings cluster;
  crypto::Keyring keys = {};         ///< of the gossip pool: what seals gossip seals the cluster port, too
  crypto::NonceSource nonce = {};    ///< required with keys
  crypto::KeyKeeper keep_keys = {};  ///< asked before a key from another voter counts as ours; may be empty
  CertificateRule certificates = CertificateRule::Off;  ///< which voters are believed without one
};

}  // namespace syncer::cluster
