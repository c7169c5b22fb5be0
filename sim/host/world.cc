// SPDX-License-Identifier: Apache-2.0
#include "sim/host/world.h"

#include <utility>

#include "sim/host/world_state.h"

namespace sim::host {

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
  SYNCER_ASSERT(state_->fuzz_orders.empty());
  ++state_->syncers;
  const auto index = static_cast<NodeIndex>(fabric.nodes.size());
  fabric.network.add_site(Site::node(index));
  fabric.nodes.push_back(std::make_unique<NodeHost>(fabric, index, std::move(spec), make_syncer));
  return index;
}

void World::add_probe(Probe& probe) { state_->fabric.kernel.probes.add(probe); }
std::size_t World::nodes() const { return state_->syncers; }
std::size_t World::registries() const { return state_->fabric.registries.size(); }
fault::Sites World::sites() const { return state_->fabric.network.sites(); }

Instant World::now() const { return state_->fabric.kernel.now(); }
std::uint64_t World::events() const { return state_->fabric.kernel.digest.events(); }
std::uint64_t World::digest() const { return state_->fabric.kernel.digest.value(); }
engine::Digest& World::record() { return state_->fabric.kernel.digest; }

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
  SYNCER_ASSERT(at_once < kMaxEventsAtOnce);
  const std::uint64_t payload = payload_hash(fabric, event);
  const bool action = static_cast<EventCode>(event.kind) == EventCode::Action;
  if (!(action ? run_action(world, event.payload) : dispatch(fabric, event))) return false;
  kernel.digest.add(kernel.now(), event.subject, event.kind, payload);
  arm_touched();
  kernel.probes.after_event(kernel.now());
  kernel.acted.clear();
  return true;
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

bool World::step() {
  state_->arm_touched();
  while (!state_->fabric.kernel.queue.empty()) {
    if (state_->happen(*this)) return true;
  }
  return false;
}

void World::run_until(Instant until) {
  state_->arm_touched();
  engine::EventQueue& queue = state_->fabric.kernel.queue;
  while (!queue.empty() && queue.next() <= until) state_->happen(*this);
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
const std::vector<NodeIndex>& World::acted() const { return state_->fabric.kernel.acted; }

bool World::operate(NodeIndex n, const std::function<void(syncer::node::Node&, Instant)>& action) {
  return state_->node(n).operate(action);
}

}  // namespace sim::host
