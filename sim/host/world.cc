// SPDX-License-Identifier: Apache-2.0
#include "sim/host/world.h"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include "sim/host/network/fabric.h"
#include "sim/host/process/node_host.h"
#include "sim/host/registry/registry_host.h"
#include "syncer/base/quantity.h"
#include "syncer/node/node.h"

namespace sim::host {

struct World::State {
  Fabric fabric;
  engine::Slab<std::function<void(World&)>> actions;  ///< scripted, waiting for their time
  std::size_t syncers = 0;
  std::map<NodeIndex, std::shared_ptr<ProcessFactory>> strangers;
  std::uint64_t at_once = 0;  ///< events since time last passed
  Outside* outside = nullptr;

  /// Where time is real: lets it pass until something is due, `until` at the latest.
  void wait(syncer::Instant until);

  /// One event off the queue; false when it was out of date.
  bool happen(World& world);
  bool perform(World& world, const engine::QueuedEvent& event);
  bool run_action(World& world, engine::Handle action);
  /// Node, time and event, for the report of a crash.
  std::string place_of(const engine::QueuedEvent& event) const;
  /// After somebody may have changed a registry from outside.
  void arm_touched();
  NodeHost& node(NodeIndex n) {
    SYNCER_ASSERT(n < fabric.nodes.size());
    return *fabric.nodes[n];
  }
  /// To the node, and to the other side of its process if it has one; gives what became of the node.
  template <class Act>
  bool to_process(NodeIndex n, Act act) {
    NodeHost& host = node(n);
    const bool done = act(host);
    if (host.other_side() != nullptr) act(*host.other_side());
    return done;
  }
  RegistryHost& registry(RegistryIndex r) {
    SYNCER_ASSERT(r < fabric.registries.size());
    return *fabric.registries[r];
  }
};

using syncer::Duration;
using syncer::Instant;

namespace {
/// A world that does so much without time passing has got stuck.
constexpr std::uint64_t kMaxEventsAtOnce = 5'000'000;
}  // namespace

World::World(std::uint64_t seed, WorldOptions options) : state_(std::make_unique<State>()) {
  state_->fabric.kernel.seed = seed;
  state_->fabric.kernel.options = std::move(options);
}

World::~World() = default;

RegistryIndex World::add_registry(RegistrySpec spec) {
  Fabric& fabric = state_->fabric;
  const auto index = static_cast<RegistryIndex>(fabric.registries.size());
  for (std::uint32_t k = 0; k < spec.front_ends; ++k) {
    fabric.calls.add_origin("http://" + spec.name + "-" + std::to_string(k) + ":30100", index, k);
    if (k < spec.origins.size()) fabric.calls.add_origin(spec.origins[k], index, k);
  }
  fabric.calls.add_origin("http://" + spec.name + ":30100", index, 0);
  fabric.network.add_site(Site::registry(index));
  fabric.registries.push_back(std::make_unique<RegistryHost>(fabric, index, std::move(spec)));
  fabric.calls.add_service(*fabric.registries.back());
  fabric.registries_touched = true;
  return index;
}

NodeIndex World::add_node(NodeSpec spec) {
  Fabric& fabric = state_->fabric;
  SYNCER_ASSERT(state_->strangers.empty());
  ++state_->syncers;
  const auto index = static_cast<NodeIndex>(fabric.nodes.size());
  fabric.network.add_site(Site::node(index));
  fabric.nodes.push_back(std::make_unique<NodeHost>(fabric, index, std::move(spec), make_syncer));
  return index;
}

void World::bridge(NodeIndex near, NodeIndex far) {
  NodeHost& one = state_->node(near);
  NodeHost& other = state_->node(far);
  SYNCER_ASSERT(near != far && one.other_side() == nullptr && other.other_side() == nullptr);
  one.set_other_side(other);
  other.set_other_side(one);
  state_->fabric.network.join(near, far);
}

void World::add_probe(Probe& probe) { state_->fabric.kernel.probes.add(probe); }
std::size_t World::nodes() const { return state_->syncers; }
std::size_t World::registries() const { return state_->fabric.registries.size(); }
fault::Sites World::sites() const { return state_->fabric.network.sites(); }

Instant World::now() const { return state_->fabric.kernel.now(); }
std::uint64_t World::events() const { return state_->fabric.kernel.digest.events(); }
std::uint64_t World::digest() const { return state_->fabric.kernel.digest.value(); }
engine::Digest& World::record() { return state_->fabric.kernel.digest; }
const engine::Digest& World::record() const { return state_->fabric.kernel.digest; }

syncer::Random World::random(std::string_view name) const {
  return syncer::Random(state_->fabric.kernel.seed).stream("world").stream(name);
}

void World::at(Instant when, std::function<void(World&)> action) {
  const engine::Handle handle = state_->actions.acquire();
  state_->actions.at(handle) = std::move(action);
  state_->fabric.kernel.push(when, EventCode::Action, 0, handle);
}

bool World::State::happen(World& world) {
  Kernel& kernel = fabric.kernel;
  const Instant before = kernel.now();
  const engine::QueuedEvent event = kernel.queue.pop();
  at_once = kernel.now() == before ? at_once + 1 : 0;
  if (at_once >= kMaxEventsAtOnce) {
    throw std::runtime_error(place_of(event) + ": time stands still, " + std::to_string(at_once) +
                             " events at this instant");
  }
  kernel.probes.before_event(kernel.now());
  const std::uint64_t payload = payload_hash(fabric, event);
  if (!perform(world, event)) return false;
  kernel.digest.add(kernel.now(), event.subject, event.kind, payload);
  arm_touched();
  kernel.probes.after_event(kernel.now());
  kernel.acted.clear();
  return true;
}

/// Whatever breaks in an event is reported with the place where it broke.
bool World::State::perform(World& world, const engine::QueuedEvent& event) {
  fabric.kernel.at_work.reset();
  try {
    if (static_cast<EventCode>(event.kind) == EventCode::Action) return run_action(world, event.payload);
    return dispatch(fabric, event);
  } catch (const std::exception& e) {
    throw std::runtime_error(place_of(event) + ": " + e.what());
  }
}

std::string World::State::place_of(const engine::QueuedEvent& event) const {
  const Kernel& kernel = fabric.kernel;
  const std::string who = kernel.at_work ? "node " + fabric.nodes[*kernel.at_work]->name() + ", " : "";
  return who + "at " + syncer::to_string(kernel.now().time_since_epoch()) + ", event " +
         std::to_string(kernel.digest.events()) + " (" + std::string(name(static_cast<EventCode>(event.kind))) + ")";
}

bool World::State::run_action(World& world, engine::Handle handle) {
  const std::function<void(World&)> action = std::exchange(actions.at(handle), nullptr);
  actions.release(handle);
  action(world);
  return true;
}

void World::State::arm_touched() {
  if (!std::exchange(fabric.registries_touched, false)) return;
  for (const auto& registry : fabric.registries) registry->arm();
}

void World::State::wait(Instant until) {
  if (outside == nullptr) return;
  for (bool is_due = false; !is_due;) {
    arm_touched();
    const engine::EventQueue& queue = fabric.kernel.queue;
    is_due = outside->wait(queue.empty() ? until : std::min(until, queue.next()));
  }
}

bool World::step() {
  state_->arm_touched();
  state_->wait(syncer::kNever);
  while (!state_->fabric.kernel.queue.empty()) {
    if (state_->happen(*this)) return true;
  }
  return false;
}

bool World::step_until(Instant until) {
  state_->arm_touched();
  state_->wait(until);
  engine::EventQueue& queue = state_->fabric.kernel.queue;
  while (!queue.empty() && queue.next() <= until) {
    if (state_->happen(*this)) return true;
  }
  queue.pass_to(until);
  return false;
}

void World::run_until(Instant until) {
  state_->arm_touched();
  engine::EventQueue& queue = state_->fabric.kernel.queue;
  for (state_->wait(until); !queue.empty() && queue.next() <= until; state_->wait(until)) state_->happen(*this);
  queue.pass_to(until);
}

Registry& World::registry(RegistryIndex r) {
  state_->fabric.registries_touched = true;
  return state_->registry(r).registry();
}

const Registry& World::registry(RegistryIndex r) const { return std::as_const(state_->registry(r)).registry(); }
std::string_view World::registry_name(RegistryIndex r) const { return state_->registry(r).spec().name; }
std::string_view World::node_name(NodeIndex n) const { return state_->node(n).name(); }
const syncer::node::NodeConfig& World::config(NodeIndex n) const { return state_->node(n).config(); }
bool World::alive(NodeIndex n) const { return state_->node(n).running(); }
bool World::paused(NodeIndex n) const { return state_->node(n).paused(); }
const std::string& World::failure(NodeIndex n) const { return state_->node(n).failure(); }
bool World::reachable(Site a, Site b) const { return state_->fabric.network.open(a, b); }
const syncer::node::Node* World::node(NodeIndex n) const { return state_->node(n).node(); }
Taken World::taken(NodeIndex n) const {
  return {state_->fabric.streams.open(n), state_->fabric.calls.under_way(n), state_->node(n).is_behind()};
}
const std::vector<NodeIndex>& World::acted() const { return state_->fabric.kernel.acted; }

syncer::Result<void> World::order(NodeIndex n, const Order& order) { return state_->node(n).obey(order); }

std::optional<Appearance> World::appearance(NodeIndex n) const { return state_->node(n).appearance(); }
bool World::operate(NodeIndex n, const std::function<void(syncer::node::Node&, Instant)>& action) {
  return state_->node(n).operate(action);
}

// ---- A world with an outside ----

void World::set_outside(Outside& outside) { state_->outside = &outside; }
void World::pass_to(Instant now) { state_->fabric.kernel.queue.pass_to(now); }
void World::stir(NodeIndex n) { state_->node(n).stir(); }
void World::heard(NodeIndex n, const syncer::Event& event) { state_->fabric.kernel.probes.node_event(n, event); }
void World::saw(RegistryIndex r, const RegistryChange& change) {
  state_->fabric.kernel.probes.registry_change(r, change);
}
const fault::LinkModel& World::link(Site from, Site to) const { return state_->fabric.network.path(from, to).model(); }

void World::set_real(NodeIndex n, ProcessFactory factory, Hardware& hardware) {
  state_->node(n).set_real(std::move(factory), hardware);
}

void World::carry(Site from, Site to, std::size_t size, Instant* after,
                  std::function<void(const fault::DatagramVerdict&)> arrive) {
  Network& network = state_->fabric.network;
  const fault::DatagramVerdict verdict = network.path(from, to).datagram(now(), size);
  if (network.drops(from, to) || verdict.fate != fault::DatagramVerdict::Fate::Pass) return;
  const auto launch = [&](Duration delay) {
    Instant at = now() + delay + network.slowness(from, to);
    if (after != nullptr) at = *after = std::max(at, *after);
    const engine::Handle handle = state_->actions.acquire();
    state_->actions.at(handle) = [arrive, verdict](World&) { arrive(verdict); };
    network.transmit(from, to, at, EventCode::Action, 0, handle);
  };
  launch(verdict.delay);
  if (verdict.duplicate) launch(verdict.duplicate_delay);
}

HttpReply World::serve(RegistryIndex r, std::uint32_t front_end, NodeIndex client, const syncer::HttpRequest& request) {
  Fabric& fabric = state_->fabric;
  fabric.kernel.probes.request(client, request);
  RegistryHost& registry = state_->registry(r);
  HttpReply reply = registry.handle(front_end, request, state_->node(client).name());
  if (registry.writes(request)) state_->node(client).made(CallKind::RegistryWrite);
  if (state_->node(client).dying()) stir(client);
  return reply;
}

// ---- What can be done to the machines, clocks and links of a world ----

bool World::start(NodeIndex n) {
  return state_->to_process(n, [](NodeHost& host) { return host.start(); });
}
bool World::stop(NodeIndex n) {
  return state_->to_process(n, [](NodeHost& host) { return host.stop(); });
}
bool World::crash(NodeIndex n, DiskFate disk, Farewell farewell) {
  return state_->to_process(n, [&](NodeHost& host) { return host.crash(disk, farewell); });
}

syncer::Result<void> World::reconfigure(NodeIndex n, const syncer::node::NodeConfig& config) {
  Order order;
  order.kind = Order::Kind::Reconfigure;
  order.config = &config;
  syncer::Result<void> outcome = state_->node(n).obey(order);
  if (outcome) state_->node(n).set_config(config);
  return outcome;
}

bool World::restart(NodeIndex n, std::optional<DiskFate> disk, std::optional<syncer::node::NodeConfig> config) {
  if (state_->node(n).running()) return false;
  if (config) state_->node(n).set_config(std::move(*config));
  return state_->to_process(n, [&](NodeHost& host) {
    if (disk && !host.running()) host.lose_from_disk(*disk);
    return host.start();
  });
}

bool World::pause(NodeIndex n) {
  return state_->to_process(n, [](NodeHost& host) { return host.pause(); });
}
bool World::resume(NodeIndex n) {
  return state_->to_process(n, [](NodeHost& host) { return host.resume(); });
}
bool World::suspend(NodeIndex n) {
  return state_->to_process(n, [](NodeHost& host) { return host.suspend(); });
}
bool World::resume_machine(NodeIndex n) {
  return state_->to_process(n, [](NodeHost& host) { return host.resume_machine(); });
}
void World::doom(NodeIndex n, Doom doom) { state_->node(n).doom(doom); }
bool World::flip_bit(NodeIndex n, std::string_view key) {
  Hardware* hardware = state_->node(n).hardware();
  return hardware != nullptr ? hardware->flip_bit(key) : state_->node(n).disk().flip_bit(key);
}
std::uint64_t World::doomed_deaths(NodeIndex n) const { return state_->node(n).doomed_deaths(); }
void World::lie(NodeIndex n, std::optional<RelayLie> lie) {
  state_->to_process(n, [&](NodeHost& host) { return host.lie(lie), true; });
}
void World::slow(NodeIndex n, Duration cost) {
  state_->to_process(n, [&](NodeHost& host) { return host.slow(cost), true; });
}
void World::disk_fault(NodeIndex n, DiskFault fault) {
  state_->to_process(n, [&](NodeHost& host) {
    if (host.hardware() != nullptr) host.hardware()->set_disk_fault(fault);
    return host.disk().set_fault(fault), true;
  });
}

namespace {

NodeSpec stranger_machine(std::size_t number) {
  NodeSpec spec;
  spec.name = "stranger-machine-" + std::to_string(number);
  spec.stranger = true;
  spec.config.node = spec.name;
  const auto low = static_cast<std::uint8_t>(number);
  spec.config.gossip_address = syncer::Endpoint::v4(10, 66, 1, low, 30190);
  spec.config.rpc_address = syncer::Endpoint::v4(10, 66, 1, low, 30191);
  spec.config.cluster_address = syncer::Endpoint::v4(10, 66, 1, low, 30192);
  return spec;
}

}  // namespace

NodeIndex World::add_stranger() {
  Fabric& fabric = state_->fabric;
  const auto index = static_cast<NodeIndex>(fabric.nodes.size());
  const auto process = std::make_shared<ProcessFactory>();
  state_->strangers.emplace(index, process);
  fabric.network.add_site(Site::node(index));
  const auto start = [process](const syncer::node::NodeConfig& config, syncer::Ports ports, syncer::Random random,
                               Instant now) { return (*process)(config, ports, random, now); };
  fabric.nodes.push_back(std::make_unique<NodeHost>(fabric, index, stranger_machine(state_->strangers.size()), start));
  return index;
}

void World::start_stranger(NodeIndex stranger, ProcessFactory process, std::optional<Certificate> certificate) {
  state_->node(stranger).set_certificate(std::move(certificate));
  *state_->strangers.at(stranger) = std::move(process);
  state_->node(stranger).start();
}

std::optional<Certificate> World::certificate_at(const syncer::Endpoint& host) const {
  for (const auto& node : state_->fabric.nodes) {
    if (node->config().gossip_address.address == host.address) return node->certificate();
  }
  return std::nullopt;
}

void World::stop_stranger(NodeIndex stranger) { state_->node(stranger).crash(DiskFate::Keep, Farewell::Reset); }

void World::drift(NodeIndex n, std::int64_t ppm) {
  state_->to_process(n, [&](NodeHost& host) {
    host.clock().set_drift(now(), ppm);
    if (host.hardware() != nullptr) host.hardware()->set_drift(ppm);
    return host.rearm(), true;
  });
}

void World::wall_jump(NodeIndex n, Duration by) {
  state_->to_process(n, [&](NodeHost& host) {
    host.clock().jump_wall(by);
    if (host.hardware() != nullptr) host.hardware()->set_wall(host.clock().wall_off());
    return true;
  });
}
void World::wall_skew(NodeIndex n, Duration by) {
  state_->to_process(n, [&](NodeHost& host) {
    host.clock().skew_wall(by);
    if (host.hardware() != nullptr) host.hardware()->set_wall(host.clock().wall_off());
    return true;
  });
}
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
  if (state_->outside != nullptr) return state_->outside->reset_streams(a, b);
  state_->fabric.streams.reset_between(a.index, b.index);
}

void World::half_open(Site a, Site b, Duration duration) {
  if (a.kind != Site::Kind::Node || b.kind != Site::Kind::Node) return;
  if (state_->outside != nullptr) return state_->outside->half_open(a, b, duration);
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
