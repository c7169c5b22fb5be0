// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sim/scenario/run/action_context.h"
#include "sim/scenario/run/stage_world.h"

namespace sim::scenario {
namespace {

host::Fuzz kind_of(FuzzKind kind) {
  switch (kind) {
    case FuzzKind::Noise:
      return host::Fuzz::Noise;
    case FuzzKind::Nonsense:
      return host::Fuzz::Nonsense;
    case FuzzKind::Sealed:
      return host::Fuzz::Sealed;
  }
  return host::Fuzz::Noise;
}

/// Fuzz peers stand behind the syncers, in the order of their events.
NodeIndex machine_of(const ActionContext& context) {
  const auto& events = context.scene.scenario.events;
  const auto self = std::find_if(events.begin(), events.end(), [&](const Event& e) { return &e == &context.event; });
  const auto before =
      std::count_if(events.begin(), self, [](const Event& e) { return std::holds_alternative<FuzzPeer>(e.action); });
  return static_cast<NodeIndex>(context.world().nodes() + static_cast<std::size_t>(before));
}

}  // namespace

void FuzzActions::operator()(const FuzzPeer& a) const {
  host::FuzzOrder order;
  order.what = kind_of(a.what);
  order.gap = a.rate.gap;
  order.strangers = a.strangers;
  order.impersonates = a.impersonate;
  const auto who = nodes(a.who);
  for (const NodeIndex n : who) {
    order.targets.push_back({world().config(n).node, world().config(n).gossip_address, world().config(n).rpc_address});
  }
  if (order.targets.empty()) return;
  if (a.what == FuzzKind::Sealed) order.pool = world().config(who.front()).gossip_pool;
  const NodeIndex machine = machine_of(*this);
  world().start_fuzz(machine, std::move(order));
  Sites touched;
  for (const NodeIndex n : who) touched.push_back(fault::Site::node(n));
  scene.faults.begin(
      event.id, Faults::Kind::Process, std::move(touched), [machine](host::World& w) { w.stop_fuzz(machine); }, a.for_);
}

}  // namespace sim::scenario
