// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/leaders.h"

#include <algorithm>

#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/node.h"

namespace sim::scenario {
namespace {

/// 0 for who does not lead.
std::uint64_t led_term(const host::World& world, NodeIndex n) {
  const auto* node = world.node(n);
  if (node == nullptr) return 0;
  const auto* cluster = node->cluster();
  if (cluster == nullptr) return 1;
  return cluster->is_leader() ? cluster->term() : 0;
}

}  // namespace

bool leads(const host::World& world, const Cast& cast, NodeIndex node) {
  const std::uint64_t own = led_term(world, node);
  const auto& region = cast.regions()[cast.nodes()[node].region].nodes;
  return own > 0 && std::all_of(region.begin(), region.end(), [&](NodeIndex n) { return led_term(world, n) <= own; });
}

Leads leads_in(const host::World& world, const Cast& cast) {
  return [&world, &cast](NodeIndex n) { return leads(world, cast, n); };
}

}  // namespace sim::scenario
