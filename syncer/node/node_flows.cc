// SPDX-License-Identifier: Apache-2.0
// What is carried between gossip, peering and home: members, records of our own, records of others.
#include "syncer/base/mutation.h"
#include "syncer/node/node_parts.h"
#include "syncer/node/node_state.h"

namespace syncer::node {
namespace {

/// A node this young that finds its region's name taken gives way; later the other one is the newcomer.
constexpr Duration kNewcomer = std::chrono::seconds(10);

}  // namespace

bool Node::State::pump_members(Instant now) {
  if (gossip.take_changes().empty()) return false;
  const std::vector<gossip::MemberInfo> members = gossip.members();
  std::vector<peering::RemoteRegion> regions;
  std::vector<cluster::Cluster::Member> fellows;
  for (const gossip::MemberInfo& member : members) {
    if (auto region = remote_region(config, member)) regions.push_back(std::move(*region));
    if (auto one = fellow(config, member)) fellows.push_back(std::move(*one));
    const auto rpc = parse_endpoint(tag(member, "rpc"));
    if (rpc && tag(member, "region") == config.region) fellows_[member.name] = *rpc;
  }
  peering.set_regions(now, std::move(regions));
  if (cluster) cluster->set_members(now, std::move(fellows));
  check_region_name(now, members);
  return true;
}

void Node::State::check_region_name(Instant now, const std::vector<gossip::MemberInfo>& members) {
  if (config.mode != Mode::Single || now - started > kNewcomer) return;
  for (const gossip::MemberInfo& member : members) {
    if (member.name == config.node || member.state != membership::State::Alive) continue;
    if (tag(member, "region") != config.region) continue;
    fail(now, "region name \"" + config.region + "\" is already used by syncer \"" + member.name + "\" at " +
                  to_string(member.address) + "; give each region its own --cluster-name");
  }
}

bool Node::State::pump_exports(Instant now) {
  if (!peering.publishing()) return false;
  const auto changes = catalog.take_exports();
  for (const catalog::ExportChange& change : changes) {
    if (change.payload)
      peering.put(now, change.key, *change.payload);
    else
      peering.erase(now, change.key);
  }
  return !changes.empty();
}

/// What other regions say counts only once the own registry was read: its marks tell which of their epochs are over.
bool Node::State::pump_imports(Instant now) {
  if (!importing) return begin_imports(now);
  const auto changes = peering.take_changes();
  for (const peering::RemoteChange& change : changes) {
    const replication::Replica* replica = peering.replica(change.region);
    const Bytes* payload = replica != nullptr ? replica->find(change.key) : nullptr;
    if (payload != nullptr)
      catalog.want(now, change.region, change.key, *payload, replica->epoch());
    else
      catalog.unwant(now, change.region, change.key);
  }
  return !changes.empty();
}

bool Node::State::begin_imports(Instant now) {
  if (catalog.knows_registry()) {
    for (const auto& [region, marked] : catalog.marked_epochs()) {
      if (!SYNCER_MUTATED("node.ignore_marked_epochs")) peering.raise_floor(now, region, marked);
    }
    importing = true;
  }
  peering.take_changes();  // all that is known follows, once
  if (!importing) return false;
  for (const std::string& region : peering.regions()) {
    const replication::Replica* replica = peering.replica(region);
    if (replica == nullptr) continue;
    for (const auto& [key, record] : replica->records())
      catalog.want(now, region, key, record.payload, replica->epoch());
  }
  return true;
}

void Node::State::pump_region_states(Instant now) {
  peering.set_sane(catalog.sane());
  std::size_t next = 0;
  if (told_.size() != peering.peer_count()) told_.assign(peering.peer_count(), std::nullopt);
  peering.visit_regions([&](const peering::Peering::Presence& there) {
    const Told state{connected(config, there.up, there.last_heard, now), there.complete, there.sane};
    std::optional<Told>& told = told_[next++];
    if (told == state) return;
    told = state;
    catalog.region_state(now, there.region, state.connected, state.complete, state.sane);
  });
}

void Node::State::pump_conflicts(Instant now) {
  if (!gossip.conflict().empty()) fail(now, gossip.conflict());
}

}  // namespace syncer::node
