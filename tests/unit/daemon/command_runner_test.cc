// SPDX-License-Identifier: Apache-2.0
#include "syncer/daemon/command_runner.h"

#include <gtest/gtest.h>

#include "sim/host/world.h"
#include "tests/support/node_spec.h"

namespace syncer::daemon {
namespace {

using namespace std::chrono_literals;
using sim::host::NodeIndex;
using sim::host::World;

/// The two sides of a bridge, each with its registry; the far one has instances.
class Sides : public testing::Test {
 protected:
  Sides() {
    for (const char* name : {"sc-near", "sc-far"}) {
      sim::host::RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    world_.add_node(sim::host::node_spec("near", 1, "sc-near"));
    world_.add_node(sim::host::node_spec("far", 2, "sc-far"));
  }

  void start(NodeIndex n) {
    world_.at(world_.now(), [n](World& w) { w.start(n); });
    run(8s);
  }
  void run(Duration time) { world_.run_until(world_.now() + time); }
  template <class Command>
  Result<std::string> give(const Command& command) {
    Result<std::string> outcome;
    world_.operate(0, [&](node::Node& near, Instant local) {
      world_.operate(1, [&](node::Node& far, Instant) {
        outcome = CommandRunner({&near, &far}, keys_, local, ProcessControl{})(command);
      });
    });
    return outcome;
  }
  bool is_export_paused(NodeIndex n) const { return world_.node(n)->status(world_.now()).export_paused; }

  World world_{1};
  GossipKeys keys_{"", {}, nullptr, nullptr, nullptr};
};

TEST_F(Sides, APolicyIsInForceAtBothOrAtNone) {
  start(0), start(1);
  for (int i = 0; i < 10; ++i) {
    sim::host::AppInstance app;
    app.name = "cart-" + std::to_string(i);
    app.service = "cart";
    app.endpoints = {"rest://10.1.0." + std::to_string(i + 1) + ":8080"};
    ASSERT_TRUE(world_.registry(1).register_instance(world_.now(), app));
  }
  run(8s);
  const std::string denies = R"({"export": [{"deny": {"service": "cart"}}]})";
  const auto refused = give(admin::ApplyPolicy{denies});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("wants --yes"), std::string::npos) << refused.error().detail;
  for (const NodeIndex n : {0U, 1U}) EXPECT_EQ(world_.node(n)->policy(), policy::Policy()) << n;
  ASSERT_TRUE(give(admin::ConfirmPolicy{denies}));
  for (const NodeIndex n : {0U, 1U}) EXPECT_EQ(world_.node(n)->policy().exports.size(), 1U) << n;
}

TEST_F(Sides, AnExportIsPausedAtBothOrAtNone) {
  start(0);
  world_.registry(1).start_fault(world_.now(), {});
  start(1);
  EXPECT_FALSE(give(admin::Pause{"export"}));
  EXPECT_FALSE(is_export_paused(0)) << "the other side has told nothing yet";
}

TEST_F(Sides, WhatIsPausedAtOneIsResumed) {
  start(0), start(1);
  world_.operate(0, [](node::Node& near, Instant local) { ASSERT_TRUE(near.pause_exports(local, "")); });
  EXPECT_TRUE(give(admin::Resume{"export"}));
  EXPECT_FALSE(is_export_paused(0));
  EXPECT_FALSE(give(admin::Resume{"export"})) << "nothing is paused";
}

}  // namespace
}  // namespace syncer::daemon
