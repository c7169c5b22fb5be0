// SPDX-License-Identifier: Apache-2.0
#include "sim/check/hindrance.h"

#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

bool may_write(const host::World& world, host::NodeIndex n) {
  const auto* node = world.node(n);
  if (node == nullptr || world.paused(n)) return false;
  return node->cluster() == nullptr || node->cluster()->may_write(world.local_time(n));
}

}  // namespace

std::optional<host::NodeIndex> writer_of(const scenario::Stage& stage, const scenario::Cast::Region& region) {
  for (const host::NodeIndex n : region.nodes) {
    if (may_write(stage.world, n)) return n;
  }
  return std::nullopt;
}

bool is_kept_from(const scenario::Stage& stage, host::NodeIndex writer, host::RegistryIndex registry) {
  const auto& world = stage.world;
  if (!may_write(world, writer) || !world.registry(registry).well()) return true;
  const auto here = fault::Site::node(writer);
  const auto there = fault::Site::registry(registry);
  return !world.reachable(here, there) || !world.reachable(there, here);
}

}  // namespace sim::check
