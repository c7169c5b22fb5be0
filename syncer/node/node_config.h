// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/quantity.h"
#include "syncer/base/time.h"
#include "syncer/node/gossip_timing.h"
#include "syncer/wire/gossip_packet.h"

namespace syncer::node {

/// How many syncers serve one region.
enum class Mode : std::uint8_t { Single, Cluster };

/// How the region's own service center is read and written.
struct RegistrySettings {
  std::vector<std::string> addresses = {"http://127.0.0.1:30100"};  ///< origins in order of preference
  std::string domain = "default";                                   ///< X-Domain-Name
  std::vector<std::string> projects = {"default"};                  ///< projects that are kept the same
  Duration poll_interval = std::chrono::seconds(1);                 ///< stretched when the registry is slow
  Duration request_timeout = std::chrono::seconds(5);
  std::uint32_t writes_per_second = 1000;  ///< ceiling on registrations, updates and removals of copies
  std::uint32_t concurrency = 16;          ///< requests under way at once
  std::string token_file;                  ///< bearer token for a registry with RBAC; empty for none
};

/// The removal guard: more than max(minimum, share of the region) removals in `window` freezes removals.
struct GuardSettings {
  std::uint32_t minimum = 20;
  Ratio share = {15, 100};
  Duration window = std::chrono::seconds(60);
  Duration hold = std::chrono::minutes(10);  ///< released by itself after this, while the origin is sane
};

/// Exchange between regions.
struct SyncSettings {
  Duration heartbeat = std::chrono::seconds(1);
  Duration flush = std::chrono::milliseconds(20);  ///< a batch waits this long at most
  Duration connect_retry = std::chrono::seconds(1);
  Duration silence = std::chrono::seconds(5);  ///< a link that says nothing for this long is closed and dialled again
  Duration hold = std::chrono::seconds(120);   ///< copies of an unreachable region are kept this long
};

/// The group of syncers that serve one region together; only counts in cluster mode.
struct ClusterSettings {
  std::uint32_t voters = 3;  ///< syncers of the region; their list is agreed once, when so many are there
  Duration election_timeout = std::chrono::milliseconds(500);  ///< silence of the leader after which another is elected
  Duration heartbeat = std::chrono::milliseconds(50);
};

/// Everything a Node is told at its birth. Names and addresses are already checked by whoever fills it in.
struct NodeConfig {
  std::string node;    ///< unique among all syncers
  std::string region;  ///< the cluster name: unique among regions
  Mode mode = Mode::Single;
  Endpoint gossip_address;  ///< as other syncers reach it (advertised)
  Endpoint rpc_address;     ///< as other syncers reach it (advertised)
  Endpoint cluster_address;
  ClusterSettings cluster;
  std::vector<Endpoint> join;  ///< gossip or RPC addresses of any syncers
  GossipTiming gossip;
  wire::gossip::Pool gossip_pool;          ///< label, and keys that only a driver gives: a setting is no place for them
  wire::gossip::NonceSource gossip_nonce;  ///< required with keys; unpredictable in the daemon
  wire::gossip::KeyKeeper gossip_keep_keys;  ///< asked before keys that another syncer or serf brought are in force
  RegistrySettings registry;
  GuardSettings guard;
  SyncSettings sync;
};

}  // namespace syncer::node
