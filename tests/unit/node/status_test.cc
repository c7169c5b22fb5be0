// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/status.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/host/world.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using std::chrono::seconds;
using syncer::Instant;

/// Two regions, started at zero.
class NodeStatus : public testing::Test {
 protected:
  NodeStatus() {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    world_.add_node(node_spec("east", 1, "sc-east"));
    world_.add_node(node_spec("west", 2, "sc-west"));
    world_.at(Instant{}, [](World& w) { w.start(0), w.start(1); });
  }

  syncer::node::Status status(NodeIndex n) const { return world_.node(n)->status(world_.now()); }

  World world_{1};
};

TEST_F(NodeStatus, InstancesOfARegionAreCountedWithoutWhatBelongsToThem) {
  world_.run_until(Instant{} + seconds(5));
  for (const char* name : {"cart-1", "cart-2"}) {
    AppInstance app;
    app.name = name;
    app.service = "cart";
    app.endpoints = {std::string("rest://10.1.0.7:808") + name[5]};
    ASSERT_TRUE(world_.registry(0).register_instance(world_.now(), app));
  }
  world_.run_until(Instant{} + seconds(15));
  const auto seen = status(1).regions.at(0);
  EXPECT_EQ(seen.region, "east");
  EXPECT_EQ(seen.link.instances, 2U);
  EXPECT_EQ(seen.link.records, 3U) << "the service is a record, too";
  EXPECT_EQ(status(0).registry.exported, 2U);
}

TEST_F(NodeStatus, NoReasonIsGivenTwice) {
  bool read_later = false;
  for (int ms = 1; ms < 1000; ++ms) {
    world_.run_until(Instant{} + std::chrono::milliseconds(ms));
    const auto reasons = status(0).pending;
    const std::set<std::string> distinct(reasons.begin(), reasons.end());
    EXPECT_EQ(distinct.size(), reasons.size()) << "after " << ms << " ms";
    read_later = read_later || distinct.count("the registry was not read completely yet") != 0;
  }
  EXPECT_TRUE(read_later) << "two parts give this reason";
}

}  // namespace
}  // namespace sim::host
