// SPDX-License-Identifier: Apache-2.0
#include "sim/check/rule.h"

#include <algorithm>

#include "sim/host/world.h"

namespace sim::check {

void Sink::violated(std::string_view id, std::vector<std::string> facts, const scenario::Place* place) {
  const scenario::Relax* relax = relaxed(id);
  const bool known = std::any_of(violations_.begin(), violations_.end(), [&](const auto& v) { return v.id == id; });
  if (known || (relax != nullptr && !relax->grace)) return;
  scenario::Violation violation;
  violation.id = id;
  violation.place = place != nullptr ? *place : scenario::Place{stage_->scenario.file, 0, 0};
  violation.at = stage_->world.now();
  violation.event = stage_->world.events();
  violation.facts = std::move(facts);
  violations_.push_back(std::move(violation));
}

Duration Sink::grace(std::string_view id) const {
  const scenario::Relax* relax = relaxed(id);
  return relax != nullptr && relax->grace ? *relax->grace : Duration::zero();
}

const scenario::Relax* Sink::relaxed(std::string_view id) const {
  for (const scenario::Relax& relax : stage_->scenario.relax) {
    if (relax.invariant == id) return &relax;
  }
  return nullptr;
}

Instant Context::now() const { return stage->world.now(); }
std::string Context::registry(RegistryIndex r) const { return std::string(stage->world.registry_name(r)); }
std::string Context::node(NodeIndex n) const { return std::string(stage->world.node_name(n)); }

RegistryIndex Context::home_of(NodeIndex n) const {
  return stage->cast.regions()[stage->cast.nodes()[n].region].registry;
}

bool Context::writes(NodeIndex n, const syncer::HttpRequest& request) const {
  return stage->world.registry(home_of(n)).writes(request);
}

}  // namespace sim::check
