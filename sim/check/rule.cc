// SPDX-License-Identifier: Apache-2.0
#include "sim/check/rule.h"

#include <algorithm>

#include "sim/host/process/appearance.h"
#include "sim/host/world.h"
#include "sim/scenario/values/topology.h"

namespace sim::check {

void Sink::violated(std::string_view id, std::vector<std::string> facts, const scenario::Place* place) {
  const scenario::Relax* relax = relaxed(id);
  const bool known = std::any_of(violations_.begin(), violations_.end(), [&](const auto& v) { return v.id == id; });
  if (known || (relax != nullptr && !relax->grace)) return;
  scenario::Violation violation;
  violation.id = id;
  violation.place = place != nullptr ? *place : scenario::Place{run_->scenario.file, 0, 0};
  violation.at = run_->world.now();
  violation.event = run_->world.events();
  // Rules speak of ids in registries, people of the names in the file.
  for (const std::string& fact : facts) violation.facts.push_back(scenario::instance_name(fact));
  violations_.push_back(std::move(violation));
}

Duration Sink::grace(std::string_view id) const {
  const scenario::Relax* relax = relaxed(id);
  return relax != nullptr && relax->grace ? *relax->grace : Duration::zero();
}

const scenario::Relax* Sink::relaxed(std::string_view id) const {
  for (const scenario::Relax& relax : run_->scenario.relax) {
    if (relax.invariant == id) return &relax;
  }
  return nullptr;
}

Instant Context::now() const { return run->world.now(); }
std::string Context::registry(RegistryIndex r) const { return std::string(run->world.registry_name(r)); }
std::string Context::node(NodeIndex n) const { return std::string(run->world.node_name(n)); }

RegistryIndex Context::home_of(NodeIndex n) const {
  return run->names.regions()[run->names.nodes()[n].region].registry;
}

bool Context::writes(NodeIndex n, const syncer::HttpRequest& request) const {
  return run->world.registry(home_of(n)).writes(request);
}

std::optional<host::NodeIndex> writer_of(const scenario::CheckContext& run, const scenario::Names::Region& region) {
  for (const host::NodeIndex n : region.nodes) {
    if (host::may_write(run.world, n)) return n;
  }
  return std::nullopt;
}

bool is_kept_from(const scenario::CheckContext& run, host::NodeIndex writer, host::RegistryIndex registry) {
  const auto& world = run.world;
  if (!host::may_write(world, writer) || !world.registry(registry).healthy()) return true;
  const auto here = fault::Site::node(writer);
  const auto there = fault::Site::registry(registry);
  return !world.reachable(here, there) || !world.reachable(there, here);
}

}  // namespace sim::check
