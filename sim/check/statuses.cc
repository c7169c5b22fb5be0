// SPDX-License-Identifier: Apache-2.0
#include "sim/check/statuses.h"

#include "sim/host/world.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"

namespace sim::check {

void Statuses::forget() { said_.clear(); }

const syncer::node::Status& Statuses::status(host::NodeIndex node) {
  const host::World& world = run_.world;
  if (said_.empty()) said_.resize(world.nodes());
  std::optional<syncer::node::Status>& status = said_[node].status;
  if (!status) status = world.node(node)->status(world.local_time(node));
  return *status;
}

const std::vector<std::string>& Statuses::problem_lines(host::NodeIndex node) {
  const syncer::node::Status& said = status(node);
  std::optional<std::vector<std::string>>& lines = said_[node].problem_lines;
  if (!lines) lines = syncer::node::problem_lines_of(said);
  return *lines;
}

}  // namespace sim::check
