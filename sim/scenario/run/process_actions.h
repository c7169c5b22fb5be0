// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "sim/scenario/run/actions.h"

namespace sim::scenario {

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
  void operator()(const Reconfigure& a) const;
  void operator()(const Bounce& a) const;
  void operator()(const Pause& a) const;
  void operator()(const Resume& a) const;
  void operator()(const Suspend& a) const;
  void operator()(const Slow& a) const;
  void operator()(const RelayLies& a) const;
  void operator()(const Join& a) const;
  void operator()(const ClusterReplace& a) const;
  void operator()(const GuardRelease& a) const;
  void operator()(const RegionForget& a) const;
  void operator()(const FlowPause& a) const;
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

/// Strangers.
struct StrangerActions : ActionContext {
  void operator()(const FuzzPeer& a) const;
  void operator()(const HostilePeer& a) const;
};

}  // namespace sim::scenario
