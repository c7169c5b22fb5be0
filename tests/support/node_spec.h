// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/host/world.h"

namespace sim::host {

/// A region of one syncer at 10.0.0.`number` that joins number 1.
inline NodeSpec node_spec(const std::string& name, std::uint8_t number, const std::string& registry) {
  using syncer::Endpoint;
  NodeSpec spec;
  spec.name = name;
  spec.config.node = name;
  spec.config.region = name;
  spec.config.gossip_address = Endpoint::v4(10, 0, 0, number, 30190);
  spec.config.rpc_address = Endpoint::v4(10, 0, 0, number, 30191);
  spec.config.cluster_address = Endpoint::v4(10, 0, 0, number, 30192);
  spec.config.registry.addresses = {"http://" + registry + ":30100"};
  if (number != 1) spec.config.join = {Endpoint::v4(10, 0, 0, 1, 30190)};
  return spec;
}

}  // namespace sim::host
