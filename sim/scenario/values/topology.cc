// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/values/topology.h"

#include "sim/host/options.h"

namespace sim::scenario {

host::RegistrySpec registry_spec(const Registry& registry) {
  host::RegistrySpec spec;
  spec.name = registry.name;
  spec.kind = registry.kind;
  spec.front_ends = registry.front_ends;
  spec.version = registry.version;
  spec.latency = registry.latency;
  spec.min_lease = registry.min_lease;
  spec.delete_visibility = registry.delete_visibility;
  return spec;
}

}  // namespace sim::scenario
