// SPDX-License-Identifier: Apache-2.0
#include "sim/host/process/appearance.h"

#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"

namespace sim::host {

using fault::NodeIndex;
using syncer::membership::State;

std::uint64_t led_term(const World& world, NodeIndex n) {
  if (const auto* node = world.node(n); node != nullptr) {
    const auto* cluster = node->cluster();
    if (cluster == nullptr) return 1;
    return cluster->is_leader() ? cluster->term() : 0;
  }
  const auto shown = world.appearance(n);
  if (!shown) return 0;
  return world.config(n).mode == syncer::node::Mode::Single ? 1 : shown->led_term;
}

bool may_write(const World& world, NodeIndex n) {
  if (world.paused(n)) return false;
  if (const auto* node = world.node(n); node != nullptr) {
    return node->cluster() == nullptr || node->cluster()->may_write(world.local_time(n));
  }
  return led_term(world, n) > 0;
}

std::optional<State> member_state(const World& world, NodeIndex n, std::string_view name) {
  if (const auto* node = world.node(n); node != nullptr) {
    for (const auto& member : node->gossip().members()) {
      if (member.name == name) return member.state;
    }
    return std::nullopt;
  }
  const auto shown = world.appearance(n);
  if (!shown) return std::nullopt;
  const auto found = shown->members.find(name);
  return found == shown->members.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace sim::host
