// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/status.h"

#include <algorithm>

#include "syncer/node/flows.h"
#include "syncer/node/node.h"
#include "syncer/registry/record.h"

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

gossip::MemberStatus status_of(const gossip::MemberInfo& member) {
  gossip::MemberStatus status;
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

std::uint64_t count_instances(const replication::Replica& replica) {
  const auto& all = replica.records();
  return static_cast<std::uint64_t>(std::count_if(all.begin(), all.end(), [](const auto& record) {
    return registry::kind_of(record.first) == registry::RecordKind::Instance;
  }));
}

RegionStatus status_of(const std::string& region, const peering::Peering& peering, const catalog::Catalog& catalog,
                       Instant now) {
  const peering::Peering::Link link = peering.link(region);
  RegionStatus status;
  status.region = region;
  status.link.link_up = peering.state(region, now).connected;
  status.link.last_heard = now - link.last_heard;
  status.link.unacknowledged = link.unacknowledged;
  if (const auto* replica = peering.replica(region)) {
    status.link.epoch = replica->epoch();
    status.link.sequence = replica->seq();
    status.link.instances = count_instances(*replica);
    status.link.records = replica->size();
  }
  status.imports = catalog.import_status(region);
  return status;
}

/// Several parts may give the same reason; it is said once.
void add_reason(std::vector<std::string>& pending, std::string reason) {
  if (std::find(pending.begin(), pending.end(), reason) == pending.end()) pending.push_back(std::move(reason));
}

void add_reasons(std::vector<std::string>& pending, const RegionStatus& region, bool complete) {
  const std::string name = "region " + region.region + ": ";
  if (!region.link.link_up)
    pending.push_back(name + "not connected for " + to_string(region.link.last_heard));
  else if (!complete)
    pending.push_back(name + "its records are not complete yet");
  if (region.link.unacknowledged > 0) {
    pending.push_back(name + std::to_string(region.link.unacknowledged) + " of our entries are not acknowledged");
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
    status.regions.push_back(status_of(region, parts_->peering, parts_->catalog, now));
  }
  parts_->catalog.fill(status.registry);
  if (!fatal().empty()) status.pending.push_back(fatal());
  if (parts_->cluster) {
    status.group = parts_->cluster->status(now);
    for (std::string& reason : parts_->cluster->pending()) add_reason(status.pending, std::move(reason));
    if (!flows_->epoch()) {
      status.ready = status.pending.empty() && !flows_->stopped();  // a follower waits for nothing else
      return status;
    }
  }
  if (!flows_->ready()) {
    add_reason(status.pending,
               flows_->epoch() ? "the registry was not read completely yet" : "the epoch is not stored yet");
  }
  if (!parts_->peering.conflict().empty()) add_reason(status.pending, parts_->peering.conflict());
  for (const RegionStatus& region : status.regions) {
    add_reasons(status.pending, region, parts_->peering.state(region.region, now).complete);
  }
  for (std::string& reason : parts_->catalog.pending()) add_reason(status.pending, std::move(reason));
  return status;
}

}  // namespace syncer::node
