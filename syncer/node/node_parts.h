// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "syncer/catalog/catalog.h"
#include "syncer/cluster/cluster.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node_config.h"
#include "syncer/peering/peering.h"

namespace syncer::node {

/// What each part needs to know of a node's configuration.
gossip::GossipConfig gossip_config(const NodeConfig& config);
peering::PeeringConfig peering_config(const NodeConfig& config);
catalog::CatalogConfig catalog_config(const NodeConfig& config, std::function<bool(Instant)> may_write);
cluster::ClusterConfig cluster_config(const NodeConfig& config);

/// A member's tag; empty when it has none of that name.
std::string tag(const gossip::MemberInfo& member, const std::string& key);

/// The region a member serves and where it answers RPC; nothing for ourselves, for the other syncers of our region, for
/// members that left, and for members of the pool that are no syncers.
std::optional<peering::RemoteRegion> remote_region(const NodeConfig& config, const gossip::MemberInfo& member);

/// Another syncer of our region that is alive; only in cluster mode.
std::optional<cluster::Cluster::Member> fellow(const NodeConfig& config, const gossip::MemberInfo& member);

}  // namespace syncer::node
