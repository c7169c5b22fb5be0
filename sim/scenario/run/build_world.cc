// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/build_world.h"

#include <algorithm>
#include <variant>

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

/// Names of nodes become their addresses, the RPC address when told so; nobody joins himself.
std::string join_addresses(std::string_view names, const Cast& cast, NodeIndex self) {
  std::string addresses;
  while (!names.empty()) {
    const std::size_t comma = std::min(names.find(','), names.size());
    const JoinTarget target = join_target(names.substr(0, comma));
    const auto node = cast.node(target.node);
    names.remove_prefix(std::min(comma + 1, names.size()));
    if (!node || *node == self) continue;
    addresses += (addresses.empty() ? "" : ",") + to_string(target.rpc ? rpc_address(*node) : gossip_address(*node));
  }
  return addresses;
}

bool selects(const Selector& selector, const Cast& cast, NodeIndex node) {
  const auto nodes = nodes_of(resolve(selector, cast, {}, syncer::Random(0)));
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

fault::LatencySpec latency_spec(const Delay& d) {
  constexpr fault::Shape kShapes[] = {fault::Shape::Const, fault::Shape::Uniform, fault::Shape::Exp,
                                      fault::Shape::Lognormal, fault::Shape::Bimodal};
  fault::LatencySpec spec;
  spec.shape = kShapes[static_cast<std::size_t>(d.dist)];
  spec.min = d.min.value_or(Duration{});
  spec.max = d.max.value_or(Duration{});
  spec.mean = d.mean.value_or(Duration{});
  spec.p50 = d.p50.value_or(Duration{});
  spec.p99 = d.p99.value_or(Duration{});
  spec.share = d.chance.value_or(Ratio{});
  return spec;
}

void add_links(const LinkRule& rule, const Cast& cast, host::World& world) {
  const fault::LinkSpec spec = link_spec(rule.quality);
  if (rule.within.empty()) {
    const syncer::Random random = world.random("links");
    const Sites from = resolve(rule.from, cast, {}, random);
    const Sites to = resolve(rule.to, cast, {}, random);
    world.add_link_rule({from, to, rule.both, false, spec});
    return;
  }
  for (std::size_t r = 0; r < cast.regions().size(); ++r) {
    const auto& region = cast.regions()[r];
    const bool meant = !region.nodes.empty() && selects(rule.within, cast, region.nodes.front());
    if (meant) world.add_link_rule({cast.members(r), cast.members(r), false, false, spec});
  }
}

/// Each pair draws for itself: another node in the scenario makes no other pair slow.
void slow_pairs(const SlowPair& slow, const Cast& cast, host::World& world) {
  const std::vector<NodeIndex> among = nodes_of(resolve(slow.among, cast, {}, syncer::Random(0)));
  for (const NodeIndex a : among) {
    for (const NodeIndex b : among) {
      const syncer::Random draws = world.random("slow_pair").stream(cast.nodes()[a].name).stream(cast.nodes()[b].name);
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
    for (auto& octet : nonce) octet = static_cast<std::uint8_t>(random.next());
    return nonce;
  };
}

}  // namespace

syncer::Endpoint gossip_address(NodeIndex node) { return machine(node, 30190); }
syncer::Endpoint rpc_address(NodeIndex node) { return machine(node, 30191); }

syncer::node::NodeConfig node_config(const Scenario& scenario, const Cast& cast, NodeIndex node) {
  const Cast::Node& actor = cast.nodes()[node];
  const Cast::Region& region = cast.regions()[actor.region];
  const Registry& home = scenario.topology.registries[region.registry];
  syncer::node::NodeConfig config;
  config.node = actor.name;
  config.region = region.name;
  config.gossip_address = gossip_address(node);
  config.rpc_address = rpc_address(node);
  config.cluster_address = machine(node, 30192);
  if (scenario.topology.regions[actor.region].mode == RegionMode::Cluster) {
    config.mode = syncer::node::Mode::Cluster;
    config.cluster.voters = static_cast<std::uint32_t>(region.nodes.size());
  }
  config.registry.addresses.clear();
  for (std::uint32_t k = 0; k < home.front_ends; ++k) {
    config.registry.addresses.push_back("http://" + home.name + "-" + std::to_string(k) + ":30100");
  }
  for (const ConfigBlock& block : scenario.config) {
    if (selects(block.who, cast, node)) configure(config, block.settings, cast, node);
  }
  return config;
}

void configure(syncer::node::NodeConfig& config, const Settings& settings, const Cast& cast, NodeIndex node) {
  for (const Pair& setting : settings.pairs) {
    const std::string value = setting.key == "join" ? join_addresses(setting.value, cast, node) : setting.value;
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
  if (q.queue) spec.queue = q.queue->octets;
  if (q.mtu) spec.mtu = q.mtu->octets;
  if (q.connect) spec.connect = static_cast<fault::ConnectFate>(*q.connect);
  return spec;
}

void build_world(const Scenario& scenario, const Cast& cast, host::World& world) {
  for (const Registry& registry : scenario.topology.registries) world.add_registry(registry_spec(registry));
  for (NodeIndex n = 0; n < cast.nodes().size(); ++n) {
    host::NodeSpec spec;
    spec.name = cast.nodes()[n].name;
    spec.config = node_config(scenario, cast, n);
    if (scenario.topology.sealed) seal(spec.config, world);
    world.add_node(std::move(spec));
    set_clock(scenario.topology.regions[cast.nodes()[n].region].clock, n, world);
  }
  for (const Event& event : scenario.events) {
    if (std::holds_alternative<FuzzPeer>(event.action)) world.add_fuzz_peer();
  }
  for (const LinkRule& rule : scenario.topology.links) add_links(rule, cast, world);
  if (scenario.topology.slow_pair) slow_pairs(*scenario.topology.slow_pair, cast, world);
  remember_past(scenario, world);
}

}  // namespace sim::scenario
