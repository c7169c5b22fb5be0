// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/status.h"

#include "syncer/node/flows.h"
#include "syncer/node/node.h"

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

RegionStatus status_of(const std::string& region, const peering::Peering& peering, Instant now) {
  const peering::Peering::Link link = peering.link(region);
  RegionStatus status;
  status.region = region;
  status.link_up = peering.state(region, now).connected;
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
  Status status;
  status.node = parts_->config.node;
  status.region = parts_->config.region;
  status.mode = parts_->config.mode == Mode::Single ? "single" : "cluster";
  status.epoch = flows_->epoch().value_or(Epoch{});
  status.ready = flows_->ready() && !flows_->stopped() && fatal().empty();
  for (const gossip::MemberInfo& member : parts_->gossip.members()) {
    status.members.push_back(status_of(member));
    if (member.name == parts_->config.node) status.members.back().health = parts_->gossip.health_score();
  }
  status.gossip_dropped.insert(parts_->gossip.drops().begin(), parts_->gossip.drops().end());
  for (const std::string& region : parts_->peering.regions()) {
    status.regions.push_back(status_of(region, parts_->peering, now));
  }
  parts_->catalog.fill(status.registry);
  for (RegionStatus& region : status.regions) {
    const catalog::ImportStatus imports = parts_->catalog.import_status(region.region);
    region.holding = imports.holding;
    region.guard_frozen = imports.guard_frozen;
    region.guard_pending = imports.guard_pending;
  }
  if (!fatal().empty()) status.pending.push_back(fatal());
  if (parts_->cluster) {
    status.group = parts_->cluster->status(now);
    for (std::string& reason : parts_->cluster->pending()) status.pending.push_back(std::move(reason));
    if (!flows_->epoch()) {
      status.ready = status.pending.empty() && !flows_->stopped();  // a follower waits for nothing else
      return status;
    }
  }
  if (!flows_->ready()) {
    status.pending.emplace_back(flows_->epoch() ? "the registry was not read completely yet"
                                                : "the epoch is not stored yet");
  }
  if (!parts_->peering.conflict().empty()) status.pending.push_back(parts_->peering.conflict());
  for (const RegionStatus& region : status.regions) {
    add_reasons(region, parts_->peering.state(region.region, now).complete, status.pending);
  }
  for (std::string& reason : parts_->catalog.pending()) status.pending.push_back(std::move(reason));
  return status;
}

}  // namespace syncer::node
