// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/state.h"

#include <nlohmann/json.hpp>

#include "syncer/admin/status_json.h"
#include "syncer/base/quantity.h"
#include "syncer/node/node.h"

namespace sim::debug {

using nlohmann::json;

json node_state(const host::World& world, host::NodeIndex n) {
  json state = {{"name", world.node_name(n)}, {"alive", world.alive(n)}, {"paused", world.paused(n)}};
  if (!world.failure(n).empty()) state["failure"] = world.failure(n);
  const syncer::node::Node* node = world.node(n);
  if (node == nullptr) return state;
  const syncer::Instant local = world.local_time(n);
  const host::Taken taken = world.taken(n);
  state["local_time"] = syncer::to_string(local.time_since_epoch());
  state["streams"] = taken.streams;
  state["calls"] = taken.calls;
  state["is_behind"] = taken.is_behind;
  state["status"] = json::parse(syncer::admin::to_json(node->status(local)));
  return state;
}

namespace {

json instance_of(const host::RegistryInstance& instance) {
  json one = {{"endpoints", instance.endpoints}, {"status", instance.status}, {"properties", instance.properties}};
  if (instance.mark) {
    one["copy_of"] = {{"region", instance.mark->region}, {"instance", instance.mark->instance}};
  }
  return one;
}

}  // namespace

json registry_state(const host::World& world, host::RegistryIndex r) {
  json services = json::object();
  std::uint64_t native = 0;
  std::uint64_t copies = 0;
  world.registry(r).for_each([&](const host::RegistryInstance& instance) {
    if (instance.internal) return;
    ++(instance.mark ? copies : native);
    services[instance.service][instance.id] = instance_of(instance);
  });
  return {{"name", world.registry_name(r)},
          {"healthy", world.registry(r).healthy()},
          {"native", native},
          {"copies", copies},
          {"services", std::move(services)}};
}

}  // namespace sim::debug
