// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "syncer/node/council.h"
#include "syncer/node/gossip.h"
#include "syncer/node/home.h"
#include "syncer/node/mesh.h"

namespace syncer::node {

/// What each part needs to know of a node's configuration.
GossipConfig gossip_config(const NodeConfig& config);
MeshConfig mesh_config(const NodeConfig& config);
HomeConfig home_config(const NodeConfig& config, std::function<bool(Instant)> may_write);
CouncilConfig council_config(const NodeConfig& config);

/// A member's tag; empty when it has none of that name.
std::string tag(const MemberInfo& member, const std::string& key);

/// The region a member serves and where it answers RPC; nothing for ourselves, for the other syncers of our region, for
/// members that left, and for members of the pool that are no syncers.
std::optional<RemoteRegion> remote_region(const NodeConfig& config, const MemberInfo& member);

/// Another syncer of our region that is alive; only in cluster mode.
std::optional<Council::Member> fellow(const NodeConfig& config, const MemberInfo& member);

}  // namespace syncer::node
