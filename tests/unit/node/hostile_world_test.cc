// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/host/process/hostile_peer.h"
#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using std::chrono::seconds;
using syncer::Epoch;
using syncer::Instant;

constexpr NodeIndex kWest = 3;

/// Region east is a cluster of three, region west a single syncer; both have an instance. A stranger stands by.
class HostilePeers : public testing::TestWithParam<HostileDeed> {
 protected:
  void build(bool sealed) {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    for (std::uint8_t n = 1; n <= 3; ++n) {
      NodeSpec spec = node_spec("e" + std::to_string(n), n, "sc-east");
      spec.config.region = "east";
      spec.config.mode = syncer::node::Mode::Cluster;
      add(std::move(spec), sealed);
    }
    NodeSpec spec = node_spec("west", 4, "sc-west");
    add(std::move(spec), sealed);
    stranger_ = world_.add_stranger();
    world_.at(Instant{}, [](World& w) {
      for (NodeIndex n = 0; n <= kWest; ++n) w.start(n);
    });
    run(15);
    register_at(0, "cart");
    register_at(1, "shop");
    run(15);
    ASSERT_TRUE(is_well());
  }

  void add(NodeSpec spec, bool sealed) {
    if (sealed) {
      spec.config.gossip_pool.keys = syncer::crypto::Keyring::make({syncer::Bytes(32, 'k')}).value();
      spec.config.gossip_nonce = [random = syncer::Random(spec.config.rpc_address.address[15])]() mutable {
        syncer::crypto::Nonce nonce{};
        for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
        return nonce;
      };
    }
    world_.add_node(std::move(spec));
  }

  void register_at(RegistryIndex r, const std::string& name) {
    AppInstance app;
    app.name = name + "-1";
    app.service = name;
    app.endpoints = {"rest://10.1.0.7:8080"};
    ASSERT_TRUE(world_.registry(r).register_instance(world_.now(), app));
  }

  void run(int time) { world_.run_until(world_.now() + seconds(time)); }

  /// The first of the three that leads, or none.
  const syncer::node::Node* leader() const {
    for (NodeIndex n = 0; n < kWest; ++n) {
      const auto* node = world_.node(n);
      if (node != nullptr && node->cluster()->writer_epoch()) return node;
    }
    return nullptr;
  }

  /// Both regions see the one instance of each other, and are connected.
  bool is_well() const {
    const auto* west = world_.node(kWest);
    if (leader() == nullptr || west == nullptr) return false;
    return holds(*leader(), "west", 1) && holds(*west, "east", 1);
  }
  bool holds(const syncer::node::Node& node, const std::string& region, std::uint64_t instances) const {
    for (const auto& seen : node.status(world_.now()).regions) {
      if (seen.region == region) return seen.link.link_up && seen.link.instances == instances;
    }
    return false;
  }

  HostileOrder order(HostileDeed deed, std::vector<NodeIndex> who, const std::string& region, Epoch epoch) {
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
  void lie(HostileOrder order) {
    world_.start_stranger(stranger_, hostile_factory(std::make_shared<const HostileOrder>(std::move(order))));
  }
  void expect_nobody_ended() {
    for (NodeIndex n = 0; n <= kWest; ++n) EXPECT_EQ(world_.failure(n), "") << world_.node_name(n);
  }

  World world_{1};
  NodeIndex stranger_ = 0;
};

constexpr Epoch kHighest{~std::uint64_t{0}, ~std::uint64_t{0}};

TEST_P(HostilePeers, ChangeNothingThatLasts) {
  build(false);
  const bool raft =
      GetParam() == HostileDeed::Term || GetParam() == HostileDeed::Append || GetParam() == HostileDeed::List;
  const bool member = GetParam() == HostileDeed::Welcome || GetParam() == HostileDeed::Redirect;
  const std::string region = member ? "north" : "east";
  const Epoch epoch = raft ? Epoch{1, (std::uint64_t{1} << 62U) - 1} : kHighest;
  lie(raft ? order(GetParam(), {0, 1, 2}, region, epoch) : order(GetParam(), {0, 1, 2, kWest}, region, epoch));
  run(10);
  // The liar may speak for one that is away.
  world_.crash(1);
  run(15);
  world_.restart(1);
  run(5);
  expect_nobody_ended();
  world_.stop_stranger(stranger_);
  run(30);
  EXPECT_TRUE(is_well());
  expect_nobody_ended();
  run(60);
  EXPECT_TRUE(is_well());
}

INSTANTIATE_TEST_SUITE_P(Deeds, HostilePeers,
                         testing::Values(HostileDeed::Silence, HostileDeed::Drip, HostileDeed::Hello,
                                         HostileDeed::Heartbeat, HostileDeed::Records, HostileDeed::Welcome,
                                         HostileDeed::Redirect, HostileDeed::Name, HostileDeed::Term,
                                         HostileDeed::Append, HostileDeed::List));

class HostilePeersOfAPool : public HostilePeers {};

TEST_F(HostilePeersOfAPool, AreBelievedNothingWithoutTheKey) {
  build(true);
  const auto epoch = leader()->cluster()->writer_epoch();
  for (const HostileDeed deed : {HostileDeed::Records, HostileDeed::Welcome, HostileDeed::Append, HostileDeed::Name}) {
    lie(order(deed, {0, 1, 2, kWest}, "east", {1, 50}));
    run(20);
    EXPECT_TRUE(is_well());
    EXPECT_EQ(world_.node(kWest)->status(world_.now()).members.size(), 4U) << "the stranger is no member";
    world_.stop_stranger(stranger_);
    run(1);
  }
  ASSERT_NE(leader(), nullptr);
  EXPECT_EQ(leader()->cluster()->writer_epoch(), epoch);
  expect_nobody_ended();
}

}  // namespace
}  // namespace sim::host
