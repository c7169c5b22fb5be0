// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/build_world.h"

#include <algorithm>
#include <variant>

#include "sim/host/options.h"
#include "sim/host/registry/kinds.h"
#include "sim/host/registry/registry.h"
#include "syncer/base/assert.h"
#include "syncer/node/node_config.h"

namespace sim::scenario {
namespace {

syncer::Endpoint machine(NodeIndex node, std::uint16_t port) {
  const auto high = static_cast<std::uint8_t>(1 + node / 250);
  const auto low = static_cast<std::uint8_t>(1 + node % 250);
  return syncer::Endpoint::v4(10, 1, high, low, port);
}

/// Names of nodes become their addresses, the RPC address when told so; nobody joins itself.
std::string join_addresses(std::string_view list, const Names& names, NodeIndex self) {
  std::string addresses;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const JoinTarget target = join_target(list.substr(0, comma));
    const auto node = names.node(target.node);
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (!node || *node == self) continue;
    addresses += (addresses.empty() ? "" : ",") + to_string(target.rpc ? rpc_address(*node) : gossip_address(*node));
  }
  return addresses;
}

bool selects(const Selector& selector, const Names& names, NodeIndex node) {
  const auto nodes = nodes_of(resolve(selector, names, {}, syncer::Random(0)));
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

fault::LatencySpec latency_spec(const Delay& d) {
  fault::LatencySpec spec;
  spec.shape = d.dist;
  spec.min = d.min.value_or(Duration{});
  spec.max = d.max.value_or(Duration{});
  spec.mean = d.mean.value_or(Duration{});
  spec.p50 = d.p50.value_or(Duration{});
  spec.p99 = d.p99.value_or(Duration{});
  spec.share = d.chance.value_or(Ratio{});
  return spec;
}

void add_links(const LinkRule& rule, const Names& names, host::World& world) {
  const fault::LinkSpec spec = link_spec(rule.quality);
  if (rule.within.empty()) {
    const syncer::Random random = world.random("links");
    const Sites from = resolve(rule.from, names, {}, random);
    const Sites to = resolve(rule.to, names, {}, random);
    world.add_link_rule({from, to, rule.both, false, spec});
    return;
  }
  for (std::size_t r = 0; r < names.regions().size(); ++r) {
    const auto& region = names.regions()[r];
    const bool meant = !region.nodes.empty() && selects(rule.within, names, region.nodes.front());
    if (meant) world.add_link_rule({names.members(r), names.members(r), false, false, spec});
  }
}

/// Each pair draws for itself: another node in the scenario makes no other pair slow.
void slow_pairs(const SlowPair& slow, const Names& names, host::World& world) {
  const std::vector<NodeIndex> among = nodes_of(resolve(slow.among, names, {}, syncer::Random(0)));
  for (const NodeIndex a : among) {
    for (const NodeIndex b : among) {
      const syncer::Random draws =
          world.random("slow_pair").stream(names.nodes()[a].name).stream(names.nodes()[b].name);
      if (a >= b || !draws.stream("chance").hits(slow.chance)) continue;
      fault::LinkSpec spec;
      spec.extra = draws.stream("extra").between(Duration::zero(), slow.extra);
      world.add_link_rule({{fault::Site::node(a)}, {fault::Site::node(b)}, true, true, spec});
    }
  }
}

void set_clock(const Clock& clock, NodeIndex node, host::World& world) {
  if (clock.drift != 0) world.drift(node, clock.drift);
  if (clock.skew.by != Duration::zero()) world.wall_skew(node, clock.skew.by);
}

/// The clock of the near side's machine is that of both.
void add_bridges(const Topology& topology, const Names& names, host::World& world) {
  for (std::size_t r = 0; r < topology.regions.size(); ++r) {
    const auto near = names.node(topology.regions[r].bridge_of);
    if (near) world.bridge(*near, names.regions()[r].nodes.front());
  }
}

/// A stale read is as old as it says only when the past was kept from the beginning.
void remember_past(const Scenario& scenario, host::World& world) {
  Duration longest{};
  for (const Event& event : scenario.events) {
    if (const auto* stale = std::get_if<RegistryStaleRead>(&event.action)) longest = std::max(longest, stale->by);
  }
  if (longest == Duration::zero()) return;
  for (RegistryIndex r = 0; r < world.registries(); ++r) world.registry(r).remember_past(world.now(), longest);
}

/// Every syncer of the pool has this key; its nonces are a stream of its own.
void seal(syncer::node::NodeConfig& config, const host::World& world) {
  config.gossip_pool.keys = syncer::crypto::Keyring::make({syncer::Bytes(32, 'k')}).value();
  config.gossip_nonce = [random = world.random("nonces").stream(config.node)]() mutable {
    syncer::crypto::Nonce nonce{};
    for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
    return nonce;
  };
}

/// What a syncer shows: one of its region unless the scenario names another.
std::optional<host::Certificate> certificate(const Topology& topology, const syncer::node::NodeConfig& config) {
  if (topology.certificates == CertificateRule::Off) return std::nullopt;
  for (const Identity& other : topology.identities) {
    if (other.name == config.node) return certificate_of(other, config.region);
  }
  return certificate_of(Identity{}, config.region);
}

}  // namespace

syncer::Endpoint gossip_address(NodeIndex node) { return machine(node, 30190); }
syncer::Endpoint rpc_address(NodeIndex node) { return machine(node, 30191); }

syncer::node::NodeConfig node_config(const Scenario& scenario, const Names& names, NodeIndex node) {
  const Names::Node& own = names.nodes()[node];
  const Names::Region& region = names.regions()[own.region];
  const Registry& home = scenario.topology.registries[region.registry];
  syncer::node::NodeConfig config;
  config.node = own.name;
  config.region = region.name;
  config.gossip_address = gossip_address(node);
  config.rpc_address = rpc_address(node);
  config.cluster_address = machine(node, 30192);
  config.certificates = scenario.topology.certificates;
  // The far side of a bridge is in the pool by the near one.
  if (const auto near = names.node(scenario.topology.regions[own.region].bridge_of))
    config.join = {gossip_address(*near)};
  if (scenario.topology.regions[own.region].mode == RegionMode::Cluster) {
    config.mode = syncer::node::Mode::Cluster;
    config.cluster.voters = static_cast<std::uint32_t>(region.nodes.size());
  }
  config.registry.kind = home.kind;
  config.registry.addresses.clear();
  const std::string& path = host::find_registry_kind(home.kind)->path;
  for (std::uint32_t k = 0; k < home.front_ends; ++k) {
    config.registry.addresses.push_back("http://" + home.name + "-" + std::to_string(k) + ":30100" + path);
  }
  if (home.tokens) {
    config.registry.user = host::kAccount;
    config.registry.password = host::kPassword;
    config.registry.password_file = "as the scenario says";
  }
  for (const ConfigBlock& block : scenario.config) {
    if (selects(block.who, names, node)) configure(config, block.settings, names, node);
  }
  return config;
}

void configure(syncer::node::NodeConfig& config, const Settings& settings, const Names& names, NodeIndex node) {
  for (const Pair& setting : settings.pairs) {
    const std::string value = setting.key == "join" ? join_addresses(setting.value, names, node) : setting.value;
    SYNCER_ASSERT(syncer::node::apply_setting(config, setting.key, value).has_value());  // checked by the parser
  }
}

fault::LinkSpec link_spec(const LinkQuality& q) {
  fault::LinkSpec spec;
  if (q.latency) spec.latency = latency_spec(*q.latency);
  spec.loss = q.loss;
  if (q.burst) spec.burst = fault::BurstSpec{q.burst->enter, q.burst->exit, q.burst->loss};
  spec.duplicate = q.duplicate;
  if (q.reorder) spec.reorder = fault::ReorderSpec{q.reorder->chance, q.reorder->extra};
  spec.corrupt = q.corrupt;
  if (q.bandwidth) spec.bandwidth = q.bandwidth->bits_per_second;
  if (q.queue) spec.queue = q.queue->bytes;
  if (q.mtu) spec.mtu = q.mtu->bytes;
  spec.connect = q.connect;
  return spec;
}

void build_world(const Scenario& scenario, const Names& names, host::World& world) {
  for (const Registry& registry : scenario.topology.registries) world.add_registry(registry_spec(registry));
  for (NodeIndex n = 0; n < names.nodes().size(); ++n) {
    host::NodeSpec spec;
    spec.name = names.nodes()[n].name;
    spec.config = node_config(scenario, names, n);
    if (scenario.topology.sealed) seal(spec.config, world);
    spec.certificate = certificate(scenario.topology, spec.config);
    world.add_node(std::move(spec));
  }
  add_bridges(scenario.topology, names, world);
  for (NodeIndex n = 0; n < names.nodes().size(); ++n) {
    const scenario::Region& region = scenario.topology.regions[names.nodes()[n].region];
    if (region.bridge_of.empty()) set_clock(region.clock, n, world);
  }
  for (const Event& event : scenario.events) {
    if (is_stranger(event.action)) world.add_stranger();
  }
  for (const LinkRule& rule : scenario.topology.links) add_links(rule, names, world);
  if (scenario.topology.slow_pair) slow_pairs(*scenario.topology.slow_pair, names, world);
  remember_past(scenario, world);
}

}  // namespace sim::scenario
