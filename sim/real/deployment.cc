// SPDX-License-Identifier: Apache-2.0
#include "sim/real/deployment.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "sim/host/world.h"
#include "sim/real/limits.h"
#include "sim/real/processes/daemon.h"

namespace sim::real {

using host::World;
using syncer::Duration;
using syncer::Instant;

namespace {

/// A wait without end is none: what a signal of the terminal asks for comes in between.
constexpr Duration kLongestWait = std::chrono::seconds(1);
constexpr std::uint16_t kRegistryPort = 30100;
/// Packets of one host in a row before others have their turn.
constexpr int kBatch = 64;

/// What this machine does not give is no finding about the scenario.
void must(const syncer::Result<void>& done) {
  if (!done) throw std::runtime_error(to_string(done.error()));
}

syncer::Endpoint registry_address(fault::RegistryIndex registry, std::uint32_t front_end) {
  return syncer::Endpoint::v4(10, 200, static_cast<std::uint8_t>(registry + 1),
                              static_cast<std::uint8_t>(front_end + 1), kRegistryPort);
}

}  // namespace

Deployment::Deployment(const scenario::Scenario& scenario, std::string syncer, std::string folder)
    : scenario_(scenario) {
  site_.syncer = std::move(syncer);
  site_.folder = std::move(folder);
  site_.sealed = scenario.topology.sealed;
  if (needs_wrong_clocks(scenario)) site_.fake_clock = fake_clock_library();
}

Deployment::~Deployment() = default;

void Deployment::begin(World& world) {
  world_ = &world;
  router_ =
      std::make_unique<Router>(world, [this](fault::Site to, syncer::ByteView packet) { network(to).write(packet); });
  gateway_ = std::make_unique<Gateway>(world, poller_, [this](const std::string& host) { return node_at(host); });
  for (fault::RegistryIndex r = 0; r < world.registries(); ++r) add_registry(r);
  for (fault::NodeIndex n = 0; n < world.nodes(); ++n) add_node(n);
  start_ = Instant(real_now().time_since_epoch());
}

void Deployment::add_registry(fault::RegistryIndex registry) {
  auto made = NetworkNamespace::make();
  if (!made) throw std::runtime_error(to_string(made.error()));
  registries_.push_back(std::move(*made));
  NetworkNamespace& host = *registries_.back();
  const scenario::Registry& spec = scenario_.topology.registries[registry];
  for (std::uint32_t k = 0; k < spec.front_ends; ++k) {
    const syncer::Endpoint address = registry_address(registry, k);
    must(k == 0 ? host.set_address(address) : host.add_address(address));
    router_->add_address(address_of(address), fault::Site::registry(registry));
    must(gateway_->listen(host, address, registry, k));
    site_.registries["http://" + spec.name + "-" + std::to_string(k) + ":30100"] = "http://" + to_string(address);
  }
  watch(fault::Site::registry(registry), host);
}

void Deployment::add_node(fault::NodeIndex node) {
  auto made = Machine::make(site_, std::string(world_->node_name(node)), world_->random("machines").stream(node));
  if (!made) throw std::runtime_error(to_string(made.error()));
  machines_.push_back(std::move(*made));
  Machine& machine = *machines_.back();
  watch(fault::Site::node(node), machine.network());
  const auto start = [this, node, &machine](const syncer::node::NodeConfig& config, syncer::Ports, syncer::Random,
                                            Instant) {
    router_->add_address(address_of(config.gossip_address), fault::Site::node(node));
    const auto later = [this](std::function<void(World&)> act) { world_->at(world_->now(), std::move(act)); };
    const auto heard = [later, node](TracedEvent event) {
      later(
          [node, event = std::move(event)](World& w) { event.use([&](const syncer::Event& e) { w.heard(node, e); }); });
    };
    const auto changed = [later, node] { later([node](World& w) { w.stir(node); }); };
    return Daemon::start_on(machine, config, {poller_, heard, changed});
  };
  world_->set_real(node, start, machine);
}

void Deployment::watch(fault::Site site, const NetworkNamespace& network) {
  poller_.watch(network.tun(), [this, site, &network] {
    syncer::Bytes packet;
    for (int i = 0; i < kBatch && network.read(packet); ++i) router_->send(site, packet);
  });
}

const NetworkNamespace& Deployment::network(fault::Site site) const {
  return site.kind == fault::Site::Kind::Node ? machines_[site.index]->network() : *registries_[site.index];
}

std::optional<fault::NodeIndex> Deployment::node_at(const std::string& host) const {
  for (fault::NodeIndex n = 0; n < world_->nodes(); ++n) {
    if (world_->config(n).gossip_address.host() == host) return n;
  }
  return std::nullopt;
}

/// Something that comes in happens now, but never after what is due: that has its time.
bool Deployment::wait(Instant until) {
  const Instant present = now();
  const bool is_due = present >= until;
  if (is_due) latest_ = std::max(latest_, present - until);
  const Duration patience = is_due ? Duration::zero() : std::min(until - present, kLongestWait);
  poller_.wait(patience, [&] {
    const Instant moment = std::min(now(), until - Duration(1));
    if (moment > world_->now()) world_->pass_to(moment);
  });
  return is_due || now() >= until;
}

void Deployment::reset_streams(fault::Site a, fault::Site b) { router_->reset(a, b); }
void Deployment::half_open(fault::Site a, fault::Site b, Duration duration) { router_->half_open(a, b, duration); }

}  // namespace sim::real
