// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sim/host/world.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;

syncer::crypto::Keyring ring(const std::string& letters) {
  std::vector<syncer::Bytes> keys;
  for (const char letter : letters) keys.emplace_back(32, letter);
  return syncer::crypto::Keyring::make(std::move(keys)).value();
}

/// East and west with a key and an instance each.
struct KeyChange : testing::Test {
  KeyChange() {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world.add_registry(registry);
    }
    std::uint8_t number = 0;
    for (const char* name : {"east", "west"}) {
      NodeSpec spec = node_spec(name, ++number, std::string("sc-") + name);
      spec.config.gossip_pool.keys = ring("a");
      spec.config.gossip_nonce = [random = syncer::Random(number)]() mutable {
        syncer::crypto::Nonce nonce{};
        for (auto& byte : nonce) byte = static_cast<std::uint8_t>(random.next());
        return nonce;
      };
      world.add_node(std::move(spec));
    }
    world.at(syncer::Instant{}, [](World& w) { w.start(0), w.start(1); });
    run(5s);
    for (const RegistryIndex r : {RegistryIndex{0}, RegistryIndex{1}}) {
      AppInstance app;
      app.name = app.service = r == 0 ? "cart" : "shop";
      app.endpoints = {"rest://10.1.0.7:8080"};
      EXPECT_TRUE(world.registry(r).register_instance(world.now(), app));
    }
    run(5s);
  }
  void run(syncer::Duration time) { world.run_until(world.now() + time); }
  void use(const std::string& letters) {
    for (const NodeIndex n : {NodeIndex{0}, NodeIndex{1}}) {
      world.operate(n, [&](syncer::node::Node& node, syncer::Instant local) {
        EXPECT_TRUE(node.set_gossip_keys(local, ring(letters)));
      });
      watch(1s);
    }
    watch(6s);
    expect_well(letters);
  }
  /// Runs, and finds both instances in both registries at every moment.
  void watch(syncer::Duration time) {
    for (const syncer::Instant end = world.now() + time; world.now() < end; run(100ms)) {
      for (const RegistryIndex r : {RegistryIndex{0}, RegistryIndex{1}}) {
        int there = 0;
        world.registry(r).for_each([&](const RegistryInstance& instance) { there += instance.internal ? 0 : 1; });
        ASSERT_EQ(there, 2);
      }
    }
  }
  void expect_well(const std::string& when) {
    for (const NodeIndex n : {NodeIndex{0}, NodeIndex{1}}) {
      const auto status = world.node(n)->status(world.now());
      std::string problems;
      for (const std::string& line : syncer::node::problem_lines_of(status)) problems += line + "; ";
      EXPECT_EQ(problems, "") << when;
      EXPECT_EQ(status.registry.copies, 1U) << when;
      EXPECT_EQ(status.registry.unsigned_copies, 0U) << when;
    }
  }
  World world{1};
};

TEST_F(KeyChange, KeepsLinksCopiesAndMarksWithoutABreak) {
  expect_well("before");
  for (const char* letters : {"ab", "ba", "b"}) use(letters);
  // Who starts anew knows the marks: they are signed by the key that is left.
  auto config = world.config(1);
  config.gossip_pool.keys = ring("b");
  world.crash(1);
  world.restart(1, std::nullopt, config);
  run(3s);
  EXPECT_EQ(world.node(1)->status(world.now()).registry.unsigned_copies, 0U);
  run(7s);
  expect_well("after a restart");
}

}  // namespace
}  // namespace sim::host
