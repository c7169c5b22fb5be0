// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/identity.h"
#include "syncer/base/time.h"
#include "syncer/catalog/config.h"
#include "syncer/cluster/config.h"
#include "syncer/gossip/timing.h"
#include "syncer/peering/config.h"
#include "syncer/policy/policy.h"
#include "syncer/registry/driver.h"
#include "syncer/settings/settings.h"
#include "syncer/wire/gossip/packet.h"

namespace syncer::node {

/// The kinds of registry that the product knows, by the names that `registry.kind` takes.
registry::Kinds registry_kinds();

/// How many syncers serve one region.
enum class Mode : std::uint8_t { Single, Cluster };

/// The configuration of a node. Names and addresses are checked before they are filled in.
struct NodeConfig {
  std::string node;    ///< unique among all syncers
  std::string region;  ///< the cluster name: unique among regions
  Mode mode = Mode::Single;
  Endpoint gossip_address;  ///< as other syncers reach it (advertised)
  Endpoint rpc_address;     ///< as other syncers reach it (advertised)
  std::string second_host;  ///< where it is reached as well, of the other family of addresses; with the same ports
  Endpoint cluster_address;
  cluster::ClusterSettings cluster;
  std::vector<Endpoint> join;             ///< gossip or RPC addresses of any syncers
  std::vector<std::string> join_targets;  ///< the same as the operator wrote them; empty: just these
  gossip::GossipTiming gossip;
  wire::gossip::Pool gossip_pool;  ///< label, and keys that only a driver gives: a setting is no place for them
  CertificateRule certificates = CertificateRule::Off;  ///< a driver that has a certificate raises it
  crypto::NonceSource gossip_nonce;                     ///< required with keys; unpredictable in the daemon
  crypto::KeyKeeper gossip_keep_keys;        ///< asked before keys that another syncer or serf brought are in force
  registry::Kinds kinds = registry_kinds();  ///< of registries that can be spoken to
  catalog::RegistrySettings registry;
  catalog::GuardSettings guard;
  peering::SyncSettings sync;
  policy::Policy policy;  ///< what travels between this region and others
};

using Setting = settings::Setting<NodeConfig>;

/// All keys, sorted: the rows of the parts and a node's own.
const settings::Settings<NodeConfig>& settings();

/// Applies one key; the error names the nearest known key or what the value should look like.
Result<void> apply_setting(NodeConfig& config, std::string_view key, std::string_view value);

/// A running syncer takes another value of that key over. False for keys that are no node's.
bool is_live(std::string_view key);

/// `running` with the live settings of `wanted`; the error is that of validate().
Result<NodeConfig> with_live_settings(const NodeConfig& running, const NodeConfig& wanted);

/// The keys whose values differ.
std::vector<std::string> differences(const NodeConfig& a, const NodeConfig& b);

/// What can be checked once the keys of the pool are known: in one without a key nobody is sent to another host than
/// the member's own.
Result<void> validate_pool(const NodeConfig& config);

/// Checks what single keys cannot: combinations that make no sense.
Result<void> validate(const NodeConfig& config);

}  // namespace syncer::node
