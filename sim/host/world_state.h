// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "sim/host/network/dispatch.h"
#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"
#include "sim/host/registry/registry_host.h"
#include "sim/host/world.h"

namespace sim::host {

struct World::State {
  Fabric fabric;
  engine::Slab<std::function<void(World&)>> actions;  ///< scripted, waiting for their time
  std::size_t syncers = 0;
  std::map<NodeIndex, std::shared_ptr<FuzzOrder>> fuzz_orders;
  std::uint64_t at_once = 0;  ///< events since time last passed

  /// One event off the queue; false when it was out of date.
  bool happen(World& world);
  bool run_action(World& world, engine::Handle action);
  /// After somebody may have changed a registry from outside.
  void arm_touched();
  NodeHost& node(NodeIndex n) {
    SYNCER_ASSERT(n < fabric.nodes.size());
    return *fabric.nodes[n];
  }
  RegistryHost& registry(RegistryIndex r) {
    SYNCER_ASSERT(r < fabric.registries.size());
    return *fabric.registries[r];
  }
};

}  // namespace sim::host
