// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/host/world.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Instant;

/// East and west, each with one instance that the other shows.
class ForgottenRegions : public testing::Test {
 protected:
  ForgottenRegions() {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    NodeSpec east = node_spec("east", 1, "sc-east");
    east.config.sync.hold = 20s;
    east.config.sync.forget = 60s;
    world_.add_node(east);
    world_.add_node(node_spec("west", 2, "sc-west"));
    world_.at(Instant{}, [](World& w) { w.start(0), w.start(1); });
    run(5s);
    AppInstance app;
    app.name = "cart-1";
    app.service = "cart";
    app.endpoints = {"rest://10.1.0.7:8080"};
    EXPECT_TRUE(world_.registry(1).register_instance(world_.now(), app));
    run(5s);
    EXPECT_EQ(status().registry.copies, 1U);
  }

  void run(syncer::Duration time) { world_.run_until(world_.now() + time); }
  syncer::node::Status status() const { return world_.node(0)->status(world_.now()); }
  bool knows_west() const { return !status().regions.empty(); }
  syncer::Result<void> forget(const std::string& region) {
    syncer::Result<void> outcome;
    world_.operate(0, [&](syncer::node::Node& node, Instant local) { outcome = node.forget_region(local, region); });
    return outcome;
  }

  World world_{1};
};

TEST_F(ForgottenRegions, AreThoseThatLeftOnceTheirCopiesAreGone) {
  EXPECT_EQ(world_.node(0)->sizes().measured, 1U);
  world_.at(world_.now(), [](World& w) { w.stop(1); });
  run(10s);
  ASSERT_TRUE(knows_west());
  EXPECT_TRUE(status().regions[0].link.left);
  EXPECT_EQ(status().registry.copies, 1U);
  EXPECT_TRUE(status().ready) << syncer::node::problem_lines_of(status()).front();
  run(20s);
  EXPECT_EQ(status().registry.copies, 0U);
  EXPECT_FALSE(knows_west());
  EXPECT_TRUE(status().ready);
  EXPECT_EQ(world_.node(0)->sizes().measured, 0U) << "nothing is asked of it any more";
}

TEST_F(ForgottenRegions, AreThoseThatDiedAfterTheConfiguredTime) {
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(50s);
  EXPECT_EQ(status().registry.copies, 0U);
  ASSERT_TRUE(knows_west());
  EXPECT_FALSE(status().ready);
  run(40s);
  EXPECT_FALSE(knows_west());
  EXPECT_TRUE(status().ready);
  run(60s);
  EXPECT_FALSE(knows_west()) << "gossip still remembers the dead member";
}

TEST_F(ForgottenRegions, ComeBackWithTheirSyncer) {
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(100s);
  ASSERT_FALSE(knows_west());
  world_.at(world_.now(), [](World& w) { w.restart(1); });
  run(15s);
  ASSERT_TRUE(knows_west());
  EXPECT_TRUE(status().regions[0].link.link_up);
  EXPECT_EQ(status().registry.copies, 1U);
  EXPECT_TRUE(status().ready);
}

TEST_F(ForgottenRegions, AreThoseThatAnOperatorNames) {
  EXPECT_EQ(forget("west").error().code, syncer::ErrorCode::Refused);
  EXPECT_EQ(forget("nowhere").error().code, syncer::ErrorCode::NotFound);
  EXPECT_EQ(forget("east").error().code, syncer::ErrorCode::NotFound);
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(15s);
  EXPECT_EQ(status().registry.copies, 1U);
  ASSERT_TRUE(forget("west")) << to_string(forget("west").error());
  run(5s);
  EXPECT_EQ(status().registry.copies, 0U);
  EXPECT_FALSE(knows_west());
  EXPECT_TRUE(status().ready);
}

}  // namespace
}  // namespace sim::host
