// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/node_parts.h"
#include "syncer/node/node_state.h"

namespace syncer::node {
namespace {

std::string_view text(membership::State state) {
  switch (state) {
    case membership::State::Alive:
      return "alive";
    case membership::State::Suspect:
      return "suspect";
    case membership::State::Dead:
      return "dead";
    case membership::State::Left:
      return "left";
  }
  return "unknown";
}

MemberStatus status_of(const gossip::MemberInfo& member) {
  MemberStatus status;
  status.name = member.name;
  status.address = to_string(member.address);
  status.rpc_address = tag(member, "rpc");
  status.region = tag(member, "region");
  status.state = text(member.state);
  status.incarnation = member.incarnation;
  status.rtt = member.rtt;
  status.tags = member.tags;
  return status;
}

RegionStatus status_of(const std::string& region, const peering::Peering& peering, const NodeConfig& config,
                       Instant now) {
  const peering::Peering::Link link = peering.link(region);
  RegionStatus status;
  status.region = region;
  status.link_up = connected(config, link.up, link.last_heard, now);
  status.last_heard = now - link.last_heard;
  status.unacknowledged = link.unacknowledged;
  if (const auto* replica = peering.replica(region)) {
    status.epoch = replica->epoch();
    status.sequence = replica->seq();
    status.records = replica->size();
  }
  return status;
}

void add_reasons(const RegionStatus& region, bool complete, std::vector<std::string>& pending) {
  const std::string name = "region " + region.region + ": ";
  if (!region.link_up)
    pending.push_back(name + "not connected for " + to_string(region.last_heard));
  else if (!complete)
    pending.push_back(name + "its records are not complete yet");
  if (region.unacknowledged > 0) {
    pending.push_back(name + std::to_string(region.unacknowledged) + " of our entries are not acknowledged");
  }
}

}  // namespace

Status Node::status(Instant now) const {
  const State& s = *state_;
  Status status;
  status.node = s.config.node;
  status.region = s.config.region;
  status.mode = s.config.mode == Mode::Single ? "single" : "cluster";
  status.epoch = s.epoch.value_or(Epoch{});
  status.ready = s.ready && !s.leaving && s.fatal.empty();
  for (const gossip::MemberInfo& member : s.gossip.members()) {
    status.members.push_back(status_of(member));
    if (member.name == s.config.node) status.members.back().health = s.gossip.health_score();
  }
  status.gossip_dropped.insert(s.gossip.drops().begin(), s.gossip.drops().end());
  for (const std::string& region : s.peering.regions()) {
    status.regions.push_back(status_of(region, s.peering, s.config, now));
  }
  s.catalog.fill(status.registry);
  for (RegionStatus& region : status.regions) {
    const catalog::ImportStatus imports = s.catalog.import_status(region.region);
    region.holding = imports.holding;
    region.guard_frozen = imports.guard_frozen;
    region.guard_pending = imports.guard_pending;
  }
  if (!s.fatal.empty()) status.pending.push_back(s.fatal);
  if (s.cluster) {
    status.group = s.cluster->status(now);
    for (std::string& reason : s.cluster->pending()) status.pending.push_back(std::move(reason));
    if (!s.epoch) {
      status.ready = status.pending.empty() && !s.leaving;  // a follower waits for nothing else
      return status;
    }
  }
  if (!s.ready) {
    status.pending.emplace_back(s.epoch ? "the registry was not read completely yet" : "the epoch is not stored yet");
  }
  if (!s.peering.conflict().empty()) status.pending.push_back(s.peering.conflict());
  for (const RegionStatus& region : status.regions) {
    add_reasons(region, s.peering.link(region.region).complete, status.pending);
  }
  for (std::string& reason : s.catalog.pending()) status.pending.push_back(std::move(reason));
  return status;
}

}  // namespace syncer::node
