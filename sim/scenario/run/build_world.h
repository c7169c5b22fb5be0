// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/fault/path.h"
#include "sim/host/world.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/values/scenario.h"
#include "syncer/node/node_config.h"

namespace sim::scenario {

/// Where a node listens: each node has a machine of its own.
syncer::Endpoint gossip_address(NodeIndex node);
syncer::Endpoint rpc_address(NodeIndex node);

/// The configuration that a node is born with: what the topology decides, then the scenario's settings in order.
syncer::node::NodeConfig node_config(const Scenario& scenario, const Names& names, NodeIndex node);

/// The quality of a link as the network takes it.
fault::LinkSpec link_spec(const LinkQuality& quality);

/// Adds all registries, nodes and links of a scenario to an empty world.
void build_world(const Scenario& scenario, const Names& names, host::World& world);

/// Lays settings over a configuration; they were checked when the file was read.
void configure(syncer::node::NodeConfig& config, const Settings& settings, const Names& names, NodeIndex node);

}  // namespace sim::scenario
