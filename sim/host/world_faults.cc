// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "sim/host/world_state.h"

/// What can be done to the machines, clocks and links of a world.
namespace sim::host {

using syncer::Duration;
using syncer::Instant;

bool World::start(NodeIndex n) { return state_->node(n).start(); }
bool World::stop(NodeIndex n) { return state_->node(n).stop(); }
bool World::crash(NodeIndex n, DiskFate disk, Farewell farewell) { return state_->node(n).crash(disk, farewell); }

bool World::restart(NodeIndex n, std::optional<DiskFate> disk, std::optional<syncer::node::NodeConfig> config) {
  NodeHost& host = state_->node(n);
  if (host.running()) return false;
  if (disk) host.disk().crash(*disk);
  if (config) host.set_config(std::move(*config));
  return host.start();
}

bool World::pause(NodeIndex n) { return state_->node(n).pause(); }
bool World::resume(NodeIndex n) { return state_->node(n).resume(); }
bool World::suspend(NodeIndex n) { return state_->node(n).suspend(); }
bool World::resume_machine(NodeIndex n) { return state_->node(n).resume_machine(); }
void World::doom(NodeIndex n, Doom doom) { state_->node(n).doom(doom); }
bool World::flip_bit(NodeIndex n, std::string_view key) { return state_->node(n).disk().flip_bit(key); }
std::uint64_t World::doomed_deaths(NodeIndex n) const { return state_->node(n).doomed_deaths(); }
void World::slow(NodeIndex n, Duration cost) { state_->node(n).slow(cost); }
void World::disk_fault(NodeIndex n, DiskFault fault) { state_->node(n).disk().set_fault(fault); }

NodeIndex World::add_fuzz_peer() {
  Fabric& fabric = state_->fabric;
  const auto index = static_cast<NodeIndex>(fabric.nodes.size());
  const auto order = std::make_shared<FuzzOrder>();
  state_->fuzz_orders.emplace(index, order);
  fabric.network.add_site(Site::node(index));
  fabric.nodes.push_back(
      std::make_unique<NodeHost>(fabric, index, fuzz_machine(state_->fuzz_orders.size()), fuzz_factory(order)));
  return index;
}

void World::start_fuzz(NodeIndex peer, FuzzOrder order) {
  *state_->fuzz_orders.at(peer) = std::move(order);
  state_->node(peer).start();
}

void World::stop_fuzz(NodeIndex peer) { state_->node(peer).crash(DiskFate::Keep, Farewell::Reset); }

void World::drift(NodeIndex n, std::int64_t ppm) {
  NodeHost& host = state_->node(n);
  host.clock().set_drift(now(), ppm);
  host.rearm();
}

void World::wall_jump(NodeIndex n, Duration by) { state_->node(n).clock().jump_wall(by); }
void World::wall_skew(NodeIndex n, Duration by) { state_->node(n).clock().skew_wall(by); }
Instant World::local_time(NodeIndex n) const { return state_->node(n).local_now(); }
syncer::WallTime World::wall_time(NodeIndex n) const { return state_->node(n).clock().wall(now()); }

RuleId World::add_link_rule(fault::LinkRule rule) { return state_->fabric.network.add_rule(std::move(rule)); }
void World::remove_link_rule(RuleId rule) { state_->fabric.network.remove_rule(rule); }
FaultId World::partition(fault::PartitionSpec spec) { return state_->fabric.network.partition(std::move(spec)); }
void World::heal(FaultId fault) { state_->fabric.network.heal(fault); }
void World::heal_all() { state_->fabric.network.heal_all(); }

FaultId World::clog(const fault::Sites& who, bool outgoing, bool incoming) {
  return partition(fault::around(who, sites(), outgoing, incoming, fault::BlockMode::Jam));
}

void World::reset_streams(Site a, Site b) {
  if (a.kind != Site::Kind::Node || b.kind != Site::Kind::Node) return;
  state_->fabric.streams.reset_between(a.index, b.index);
}

void World::half_open(Site a, Site b, Duration duration) {
  if (a.kind != Site::Kind::Node || b.kind != Site::Kind::Node) return;
  state_->fabric.streams.half_open(a.index, b.index, duration);
}

void World::hold_messages(bool hold) { state_->fabric.network.hold_messages(hold); }

std::size_t World::deliver(Site from, Site to, std::size_t count) {
  return state_->fabric.network.deliver(from, to, count);
}

std::size_t World::drop_pending(Site from, Site to) {
  const auto dropped = state_->fabric.network.take_pending(from, to, EventCode::DatagramArrived);
  for (const engine::QueuedEvent& event : dropped) state_->fabric.datagrams.release(event.payload);
  return dropped.size();
}

}  // namespace sim::host
