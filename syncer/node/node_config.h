// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/catalog/config.h"
#include "syncer/cluster/config.h"
#include "syncer/gossip/timing.h"
#include "syncer/node/registry_kinds.h"
#include "syncer/peering/config.h"
#include "syncer/wire/gossip/packet.h"

namespace syncer::node {

/// How many syncers serve one region.
enum class Mode : std::uint8_t { Single, Cluster };

/// The configuration of a node. Names and addresses are already checked by who fills it in.
struct NodeConfig {
  std::string node;    ///< unique among all syncers
  std::string region;  ///< the cluster name: unique among regions
  Mode mode = Mode::Single;
  Endpoint gossip_address;  ///< as other syncers reach it (advertised)
  Endpoint rpc_address;     ///< as other syncers reach it (advertised)
  Endpoint cluster_address;
  cluster::ClusterSettings cluster;
  std::vector<Endpoint> join;  ///< gossip or RPC addresses of any syncers
  gossip::GossipTiming gossip;
  wire::gossip::Pool gossip_pool;      ///< label, and keys that only a driver gives: a setting is no place for them
  crypto::NonceSource gossip_nonce;    ///< required with keys; unpredictable in the daemon
  crypto::KeyKeeper gossip_keep_keys;  ///< asked before keys that another syncer or serf brought are in force
  registry::Kinds kinds = registry_kinds();  ///< of registries that can be spoken to
  catalog::RegistrySettings registry;
  catalog::GuardSettings guard;
  peering::SyncSettings sync;
};

}  // namespace syncer::node
