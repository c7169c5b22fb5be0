// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/scenario/run/leaders.h"
#include "sim/scenario/run/scene.h"

namespace sim::scenario {

/// What one performed event has at hand.
struct ActionContext {
  Scene& scene;
  const Event& event;
  syncer::Random random;

  host::World& world() const { return scene.world; }
  /// What a selector of this event names now; the result becomes the event's "as".
  Sites sites(const Selector& selector, std::string_view role = "who") const {
    return resolve(selector, scene.cast, scene.captures, random.stream(role), leads_in(scene.world, scene.cast));
  }
  Sites capture(const Selector& selector) const {
    const Sites found = sites(selector);
    if (!event.as.empty()) scene.captures[event.as] = found;
    return found;
  }
  std::vector<NodeIndex> nodes(const Selector& selector) const { return nodes_of(capture(selector)); }
};

/// The world's word for what a power cut leaves.
host::DiskFate fate(Disk disk);

/// Processes and clocks.
struct ProcessActions : ActionContext {
  /// The node's configuration with other settings; nothing when there are none.
  std::optional<syncer::node::NodeConfig> changed(const Settings& settings, NodeIndex n) const;
  /// With new addresses; seeds that move along are named by theirs.
  syncer::node::NodeConfig moved(syncer::node::NodeConfig config, const std::vector<NodeIndex>& along) const;
  void operator()(const Start& a) const;
  void operator()(const Stop& a) const;
  void operator()(const Leave& a) const;
  void operator()(const Crash& a) const;
  void operator()(const Restart& a) const;
  void operator()(const Bounce& a) const;
  void operator()(const Pause& a) const;
  void operator()(const Resume& a) const;
  void operator()(const Suspend& a) const;
  void operator()(const Slow& a) const;
  void operator()(const Join& a) const;
  void operator()(const ClusterReplace& a) const;
  void operator()(const GuardRelease& a) const;
  void operator()(const ClockDrift& a) const;
  void operator()(const ClockJump& a) const;
  void operator()(const ClockSkew& a) const;
  void operator()(const ClockStrobe& a) const;
};

/// Dying at a call, and sick disks.
struct FailureActions : ActionContext {
  void operator()(const CrashAt& a) const;
  void operator()(const DiskFault& a) const;
  void operator()(const DiskFlip& a) const;
};

/// The network.
struct NetworkActions : ActionContext {
  void operator()(const Partition& a) const;
  void operator()(const Heal& a) const;
  void operator()(const LinkChange& a) const;
  void operator()(const Clog& a) const;
  void operator()(const Unclog& a) const;
  void operator()(const Swizzle& a) const;
  void operator()(const Reset& a) const;
  void operator()(const HalfOpen& a) const;
};

/// Strangers.
struct FuzzActions : ActionContext {
  void operator()(const FuzzPeer& a) const;
};

/// Registries and the applications beside them.
struct RegistryActions : ActionContext {
  void operator()(const RegistryRegister& a) const;
  void operator()(const RegistryDeregister& a) const;
  void operator()(const RegistryStopHeartbeat& a) const;
  void operator()(const RegistryHeartbeat& a) const;
  void operator()(const RegistryExpire& a) const;
  void operator()(const RegistryStatus& a) const;
  void operator()(const RegistryUpdate& a) const;
  void operator()(const RegistryOutage& a) const;
  void operator()(const RegistrySlow& a) const;
  void operator()(const RegistryFail& a) const;
  void operator()(const RegistryListEmpty& a) const;
  void operator()(const RegistryListPartial& a) const;
  void operator()(const RegistryStaleRead& a) const;
  void operator()(const RegistryDataLoss& a) const;
  void operator()(const RegistryRestore& a) const;
  void operator()(const RegistryFailover& a) const;
  void operator()(const RegistryLimit& a) const;
};

}  // namespace sim::scenario
