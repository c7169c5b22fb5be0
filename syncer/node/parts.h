// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "syncer/catalog/catalog.h"
#include "syncer/cluster/cluster.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/epoch_keeper.h"
#include "syncer/node/mark_keys.h"
#include "syncer/node/member_memory.h"
#include "syncer/node/name_memory.h"
#include "syncer/node/node_config.h"
#include "syncer/peering/peering.h"
#include "syncer/ports/ports.h"

namespace syncer::node {

/// What each part needs to know of a node's configuration.
gossip::GossipConfig gossip_config(const NodeConfig& config);
peering::PeeringConfig peering_config(const NodeConfig& config);
catalog::CatalogConfig catalog_config(const NodeConfig& config, registry::MarkSeal marks,
                                      std::function<bool(Instant)> may_write);
cluster::ClusterConfig cluster_config(const NodeConfig& config);

/// A member's tag; empty when it has none of that name.
std::string tag(const gossip::MemberInfo& member, const std::string& key);

/// In a pool without a key: the RPC address that the member announces is at another host than the member. Anybody could
/// be meant, so nobody is dialled there.
bool disowned_rpc(const NodeConfig& config, const gossip::MemberInfo& member);

/// The region a member serves and where it answers RPC; nothing for ourselves, for the other syncers of our region, for
/// members that left, and for members of the pool that are no syncers.
/// Once for each of its addresses that can be dialled from here.
std::vector<peering::RemoteRegion> remote_regions(const NodeConfig& config, const gossip::MemberInfo& member);
std::optional<peering::RemoteRegion> remote_region(const NodeConfig& config, const gossip::MemberInfo& member);

/// Another syncer of our region that is alive; only in cluster mode.
std::optional<cluster::Cluster::Member> cluster_member(const NodeConfig& config, const gossip::MemberInfo& member);

/// The ids that the parts of a node choose; none is used twice.
class Ids {
 public:
  LinkId next_link() { return LinkId{last_link_ += 2}; }  // those that a node dials are odd
  CallId next_call() { return CallId{++last_call_}; }

 private:
  std::uint64_t last_link_ = 1;
  std::uint64_t last_call_ = 0;
};

/// The parts of a node side by side, with what they are built from. They do not know each other: Node hands each the
/// input that is meant for it, Flows carries the results from one to another.
struct Parts {
  Parts(NodeConfig config, Ports ports, Random random, Instant now);

  NodeConfig config;  ///< Node::reconfigure() changes its live settings
  const Ports ports;
  Ids ids;
  MarkKeys mark_keys;                         ///< sign what the catalog writes
  EpochKeeper epochs;                         ///< gives the epochs in single mode
  std::unique_ptr<cluster::Cluster> cluster;  ///< gives them in cluster mode; nullptr in single mode
  NameMemory names;
  MemberMemory members;
  gossip::Gossip gossip;
  peering::Peering peering;
  catalog::Catalog catalog;
};

}  // namespace syncer::node
