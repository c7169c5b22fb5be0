// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "sim/host/world.h"
#include "syncer/gossip/gossip.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using syncer::Bytes;
using syncer::Instant;
using syncer::Random;

/// A region of one node; with a key, its nonces come from a stream of their own.
NodeSpec region(const std::string& name, std::uint8_t number, const Bytes& key) {
  NodeSpec spec = node_spec(name, number, "sc-" + name);
  if (key.empty()) return spec;
  spec.config.gossip_pool = {"blue", syncer::crypto::Keyring::make({key}).value()};
  spec.config.gossip_nonce = [random = Random(number)]() mutable {
    syncer::crypto::Nonce nonce{};
    for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
    return nonce;
  };
  return spec;
}

std::size_t members_seen(const World& world, NodeIndex n) { return world.node(n)->gossip().members().size(); }

TEST(SealedWorld, KeepsAStrangerOutAndItsOwnTogether) {
  World world(1);
  const Bytes key(32, 'k');
  for (const char* name : {"sc-east", "sc-west", "sc-stranger"}) {
    RegistrySpec registry;
    registry.name = name;
    world.add_registry(registry);
  }
  world.add_node(region("east", 1, key));
  world.add_node(region("west", 2, key));
  world.add_node(region("stranger", 3, {}));
  world.at(Instant{}, [](World& w) { w.start(0), w.start(1), w.start(2); });
  world.run_until(Instant{} + std::chrono::seconds(30));
  EXPECT_EQ(members_seen(world, 0), 2U);
  EXPECT_EQ(members_seen(world, 1), 2U);
  EXPECT_EQ(members_seen(world, 2), 1U);
  EXPECT_EQ(world.node(0)->status(world.now()).regions.size(), 1U);
  EXPECT_TRUE(world.node(0)->status(world.now()).regions[0].link.link_up);
}

}  // namespace
}  // namespace sim::host
