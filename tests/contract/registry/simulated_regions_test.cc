// SPDX-License-Identifier: Apache-2.0
// Two regions with registries of different kinds in the simulator: whole nodes on a simulated network.
#include <gtest/gtest.h>

#include "sim/host/world.h"
#include "tests/contract/registry/memory_host.h"
#include "tests/support/memory_registry.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Instant;

constexpr Instant at(syncer::Duration t) { return Instant{} + t; }

AppInstance app(const std::string& name, const std::string& service, const std::string& endpoint) {
  AppInstance instance;
  instance.name = name;
  instance.app = "shop";
  instance.service = service;
  instance.endpoints = {endpoint};
  return instance;
}

class SimulatedRegions : public testing::Test {
 protected:
  void SetUp() override {
    add_registry_kind(memory_kind());
    RegistrySpec center;
    center.name = "sc-east";
    RegistrySpec plain;
    plain.name = "memory-west";
    plain.kind = "memory";
    world.add_registry(center);
    world.add_registry(plain);
    world.add_node(node_spec("east", 1, "sc-east"));
    NodeSpec west = node_spec("west", 2, "memory-west");
    west.config.kinds.add("memory", syncer::registry::memory::make_driver);
    west.config.registry.kind = "memory";
    world.add_node(std::move(west));
    world.at(at(0s), [](World& w) { w.start(0), w.start(1); });
    world.run_until(at(10s));
  }
  /// Copies in a registry: origin instance -> endpoints.
  std::map<std::string, std::vector<std::string>> copies(RegistryIndex r) const {
    std::map<std::string, std::vector<std::string>> found;
    world.registry(r).for_each([&](const RegistryInstance& instance) {
      if (instance.mark) found[instance.mark->instance] = instance.endpoints;
    });
    return found;
  }

  World world{1};
};

TEST_F(SimulatedRegions, RegisterChangeAndDeregisterBothWays) {
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), app("cart-1", "cart", "rest://10.0.0.1:8080")));
  ASSERT_TRUE(world.registry(1).register_instance(world.now(), app("stock-1", "stock", "http://10.1.0.1:80")));
  world.run_until(at(20s));
  ASSERT_EQ(copies(1).size(), 1U);
  EXPECT_EQ(copies(1).begin()->second, std::vector<std::string>{"rest://10.0.0.1:8080"});
  ASSERT_EQ(copies(0).size(), 1U);
  EXPECT_EQ(copies(0).begin()->second, std::vector<std::string>{"rest://10.1.0.1:80"});
  ASSERT_TRUE(world.registry(0).set_status(world.now(), "cart-1", "DOWN"));
  world.run_until(at(30s));
  std::string status;
  world.registry(1).for_each([&](const RegistryInstance& instance) {
    if (instance.mark) status = instance.status;
  });
  EXPECT_EQ(status, "DOWN");
  ASSERT_TRUE(world.registry(0).deregister(world.now(), "cart-1"));
  ASSERT_TRUE(world.registry(1).deregister(world.now(), "stock-1"));
  world.run_until(at(45s));
  EXPECT_TRUE(copies(0).empty());
  EXPECT_TRUE(copies(1).empty());
}

TEST_F(SimulatedRegions, KeepTheirCopiesOverACrashAndPastEveryLease) {
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), app("cart-1", "cart", "rest://10.0.0.1:8080")));
  ASSERT_TRUE(world.registry(1).register_instance(world.now(), app("stock-1", "stock", "http://10.1.0.1:80")));
  world.run_until(at(20s));
  for (const NodeIndex node : {0, 1}) {
    world.crash(node, DiskFate::Tear);
    world.run_until(world.now() + 5s);
    world.restart(node);
    world.run_until(world.now() + 20s);
  }
  world.run_until(world.now() + 400s);
  EXPECT_EQ(copies(0).size(), 1U);
  EXPECT_EQ(copies(1).size(), 1U);
}

}  // namespace
}  // namespace sim::host
