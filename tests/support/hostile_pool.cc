// SPDX-License-Identifier: Apache-2.0
#include "tests/support/hostile_pool.h"

#include <map>
#include <memory>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/facts.h"
#include "tests/support/node_spec.h"

namespace sim::host {

using std::chrono::seconds;

namespace {

/// An unreachable region's copies go after this: what somebody publishes for a region of his own goes with him.
constexpr syncer::Duration kHold = seconds(15);
constexpr syncer::Duration kStep = seconds(1);

Certificate certificate_of(const std::string& region) { return {{region, true, true, "", "of " + region}, true}; }

}  // namespace

HostilePool::HostilePool(std::uint64_t seed, Trust trust) : trust_(trust), world_(seed) {
  for (const char* name : {"sc-east", "sc-west"}) {
    RegistrySpec registry;
    registry.name = name;
    world_.add_registry(registry);
  }
  for (std::uint8_t n = 1; n <= 3; ++n) {
    NodeSpec spec = node_spec("e" + std::to_string(n), n, "sc-east");
    spec.config.region = "east";
    spec.config.mode = syncer::node::Mode::Cluster;
    add(std::move(spec));
  }
  add(node_spec("west", 4, "sc-west"));
  stranger_ = world_.add_stranger();
  world_.at(syncer::Instant{}, [](World& w) {
    for (NodeIndex n = 0; n < kNodes; ++n) w.start(n);
  });
  run(seconds(15));
  register_at(0, "cart");
  register_at(1, "shop");
  run(seconds(15));
}

void HostilePool::add(NodeSpec spec) {
  spec.config.sync.hold = kHold;
  if (trust_ == Trust::Certificates) {
    spec.config.certificates = syncer::CertificateRule::Required;
    spec.certificate = certificate_of(spec.config.region);
  }
  if (trust_ == Trust::Key) {
    spec.config.gossip_pool.keys = syncer::crypto::Keyring::make({syncer::Bytes(32, 'k')}).value();
    spec.config.gossip_nonce = [random = syncer::Random(spec.config.rpc_address.address[15])]() mutable {
      syncer::crypto::Nonce nonce{};
      for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
      return nonce;
    };
  }
  world_.add_node(std::move(spec));
}

void HostilePool::register_at(RegistryIndex r, const std::string& name) {
  AppInstance app;
  app.name = name + "-1";
  app.service = name;
  app.endpoints = {"rest://10.1.0.7:8080"};
  const auto registered = world_.registry(r).register_instance(world_.now(), app);
  SYNCER_ASSERT(registered.has_value());
}

const syncer::node::Node* HostilePool::leader() const {
  for (NodeIndex n = 0; n < kWest; ++n) {
    const auto* node = world_.node(n);
    if (node != nullptr && node->cluster()->writer_epoch()) return node;
  }
  return nullptr;
}

bool HostilePool::holds(const syncer::node::Node& node, const std::string& region) const {
  const auto status = node.status(world_.now());
  if (!status.ready || status.regions.size() != 1) return false;
  const auto& seen = status.regions.front();
  return seen.region == region && seen.link.link_up && seen.link.instances == 1;
}

std::size_t HostilePool::instances(RegistryIndex r) const {
  std::size_t count = 0;
  world_.registry(r).for_each([&](const RegistryInstance& instance) { count += instance.internal ? 0 : 1; });
  return count;
}

bool HostilePool::is_well() const { return trouble().empty(); }

std::string HostilePool::trouble() const {
  const auto* east = leader();
  const auto* west = world_.node(kWest);
  std::string text = ended();
  if (east == nullptr || west == nullptr) return text + "nobody leads east, or west is down; ";
  for (const auto* node : {east, west}) {
    const std::string other = node == east ? "west" : "east";
    if (holds(*node, other)) continue;
    const auto status = node->status(world_.now());
    text += status.node + ": ";
    for (const std::string& line : syncer::node::problem_lines_of(status)) text += line + "; ";
    for (const auto& region : status.regions) {
      text += region.region + " " + std::to_string(region.link.instances) + " instances; ";
    }
  }
  for (const RegistryIndex r : {RegistryIndex{0}, RegistryIndex{1}}) {
    if (instances(r) != 2) text += "registry " + std::to_string(r) + ": " + std::to_string(instances(r)) + "; ";
  }
  return text;
}

std::string HostilePool::ended() const {
  std::string text;
  for (NodeIndex n = 0; n < kNodes; ++n) {
    const std::string why = world_.failure(n);
    if (!why.empty()) text += std::string(world_.node_name(n)) + " ended: " + why + "; ";
  }
  return text;
}

bool HostilePool::heals_within(syncer::Duration time) {
  const syncer::Instant end = world_.now() + time;
  while (!is_well() && world_.now() < end) run(kStep);
  return is_well();
}

void HostilePool::forget(const std::string& region) {
  for (NodeIndex n = 0; n < kNodes; ++n) {
    world_.operate(n, [&](syncer::node::Node& node, syncer::Instant local) {
      static_cast<void>(node.forget_region(local, region));
    });
  }
}

HostileOrder HostilePool::order(HostileDeed deed, const std::vector<NodeIndex>& who, const std::string& region,
                                syncer::Epoch epoch) const {
  HostileOrder order;
  order.deed = deed;
  order.region = region;
  order.node = "hostile";
  order.epoch = epoch;
  order.count = 100;
  order.gap = std::chrono::milliseconds(500);
  for (const NodeIndex n : who) order.targets.push_back(HostileOrder::target(world_.config(n)));
  order.to = world_.config(0).rpc_address;
  return order;
}

void HostilePool::lie(HostileOrder order) {
  const auto shown = trust_ == Trust::Certificates ? std::optional(certificate_of("south")) : std::nullopt;
  world_.start_stranger(stranger_, hostile_factory(std::make_shared<const HostileOrder>(std::move(order))), shown);
}

}  // namespace sim::host
