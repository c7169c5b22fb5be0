// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/host/options.h"
#include "sim/host/process/process.h"
#include "syncer/wire/gossip/packet.h"

namespace sim::host {

using fault::FuzzKind;

/// What a fuzz peer does, and to whom.
struct FuzzOrder {
  struct Target {
    std::string name;
    syncer::Endpoint gossip;
    syncer::Endpoint rpc;
  };
  FuzzKind what = FuzzKind::Noise;
  syncer::Duration gap{};           ///< mean time between two things it sends
  std::uint32_t strangers = 1;      ///< names of its own that it speaks of, at least one
  bool impersonates = false;        ///< it speaks of the targets as if it were one of them, not only accuses them
  std::vector<Target> targets;      ///< not empty
  syncer::wire::gossip::Pool pool;  ///< the key of Sealed
};

/// Makes the process that follows the order.
ProcessFactory fuzz_factory(std::shared_ptr<const FuzzOrder> order);

}  // namespace sim::host
