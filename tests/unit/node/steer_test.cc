// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/host/world.h"
#include "syncer/catalog/accounts.h"
#include "syncer/node/facts.h"
#include "syncer/node/node.h"
#include "tests/support/hostile_pool.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Instant;
using syncer::Result;
using syncer::node::Node;

/// East and west; east has ten instances of one service, which west shows.
class Steer : public testing::Test {
 protected:
  Steer() {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    NodeSpec east = node_spec("east", 1, "sc-east");
    NodeSpec west = node_spec("west", 2, "sc-west");
    west.config.sync.hold = 20s;
    world_.add_node(east);
    world_.add_node(west);
    world_.at(Instant{}, [](World& w) { w.start(0), w.start(1); });
    run(8s);
    for (int i = 0; i < 10; ++i) add(i);
    run(8s);
    EXPECT_EQ(copies(), 10U);
  }

  void add(int i) {
    AppInstance app;
    app.name = "cart-" + std::to_string(i);
    app.service = "cart";
    app.endpoints = {"rest://10.1.0." + std::to_string(i + 1) + ":8080"};
    ASSERT_TRUE(world_.registry(0).register_instance(world_.now(), app));
  }
  void remove(int i) { ASSERT_TRUE(world_.registry(0).deregister(world_.now(), "cart-" + std::to_string(i))); }
  std::string explained(NodeIndex n, const std::string& what) {
    std::string told;
    world_.operate(n, [&](Node& node, Instant local) {
      for (const auto& instance : node.account(local, syncer::wire::Question::Kind::Explain, what).instances) {
        told += instance.verdict + "\n";
      }
    });
    return told;
  }
  void run(syncer::Duration time) { world_.run_until(world_.now() + time); }
  syncer::node::Status west() const { return world_.node(1)->status(world_.now()); }
  std::uint64_t copies() const { return west().registry.copies; }
  template <class Order>
  Result<void> order(NodeIndex n, Order give) {
    Result<void> outcome;
    world_.operate(n, [&](Node& node, Instant local) { outcome = give(node, local); });
    return outcome;
  }
  bool is_problem(NodeIndex n, const std::string& cause) const {
    for (const auto& problem : syncer::node::problems_of(world_.node(n)->status(world_.now()))) {
      if (problem.cause == cause) return true;
    }
    return false;
  }

  World world_{1};
};

TEST_F(Steer, APausedImportWritesNothingAndKeepsWhatIsThere) {
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.pause_imports(t, "east"); }));
  EXPECT_TRUE(is_problem(1, "import_paused"));
  add(10);
  run(10s);
  EXPECT_EQ(copies(), 10U);
  world_.at(world_.now(), [](World& w) { w.crash(0); });
  run(180s);
  EXPECT_EQ(copies(), 10U) << "leases and hold time are over: they are renewed, and not removed";
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.resume_imports(t, "east"); }));
  run(10s);
  EXPECT_EQ(copies(), 0U) << "its region is away for longer than sync.hold";
  EXPECT_FALSE(is_problem(1, "import_paused"));
}

TEST_F(Steer, AResumedImportCatchesUp) {
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.pause_imports(t, ""); }));
  add(10);
  run(10s);
  EXPECT_EQ(copies(), 10U);
  EXPECT_FALSE(order(1, [](Node& n, Instant t) { return n.resume_imports(t, "east"); })) << "all are paused, not one";
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.resume_imports(t, ""); }));
  run(8s);
  EXPECT_EQ(copies(), 11U);
}

TEST_F(Steer, ADrainRemovesTheCopiesAtItsRate) {
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.drain(t, "east", 2); }));
  run(2500ms);
  EXPECT_LE(copies(), 7U);
  EXPECT_GE(copies(), 3U);
  run(6s);
  EXPECT_EQ(copies(), 0U);
  run(30s);
  EXPECT_EQ(copies(), 0U) << "none is written again";
  EXPECT_NE(west().regions.at(0).imports.paused.find("drained by an operator: 10 copies"), std::string::npos)
      << west().regions.at(0).imports.paused;
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.resume_imports(t, "east"); }));
  run(8s);
  EXPECT_EQ(copies(), 10U);
}

TEST_F(Steer, APausedExportTellsNoChangesAndLosesNone) {
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, ""); }));
  EXPECT_TRUE(is_problem(0, "export_paused"));
  EXPECT_FALSE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, ""); }));
  add(10);
  run(10s);
  EXPECT_EQ(copies(), 10U);
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.resume_exports(t, ""); }));
  run(8s);
  EXPECT_EQ(copies(), 11U);
}

TEST_F(Steer, AnExportToOneRegionIsPausedAndCaughtUpWith) {
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "west"); }));
  EXPECT_FALSE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "west"); })) << "it is paused already";
  EXPECT_FALSE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "nowhere"); }));
  EXPECT_TRUE(is_problem(0, "export_paused"));
  add(10);
  remove(0);
  run(180s);
  EXPECT_EQ(copies(), 10U) << "neither the new one came nor the removed one went, and leases were renewed";
  EXPECT_FALSE(is_problem(1, "region_not_connected")) << "it is heard all the time";
  const auto told = world_.node(0)->status(world_.now()).regions.at(0).link;
  EXPECT_EQ(told.export_paused, "the export to it is paused by an operator: 2 records changed since");
  EXPECT_NE(explained(0, "cart-10").find("sent to west: the export to it is paused by an operator"), std::string::npos)
      << explained(0, "cart-10");
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.resume_exports(t, "west"); }));
  EXPECT_FALSE(order(0, [](Node& n, Instant t) { return n.resume_exports(t, "west"); }));
  run(8s);
  EXPECT_EQ(copies(), 10U) << "one came and one went";
  EXPECT_FALSE(is_problem(0, "export_paused"));
  add(11);
  run(8s);
  EXPECT_EQ(copies(), 11U);
}

TEST_F(Steer, WhereNothingWasToldYetThereIsNothingToPause) {
  world_.at(world_.now(), [](World& w) { w.crash(0); });
  run(2s);
  world_.registry(0).start_fault(world_.now(), {});
  world_.at(world_.now(), [](World& w) { w.start(0); });
  run(20s);
  for (const char* region : {"", "west"}) {
    const auto paused = order(0, [&](Node& n, Instant t) { return n.pause_exports(t, region); });
    ASSERT_FALSE(paused) << region;
    EXPECT_NE(paused.error().detail.find("told nothing yet"), std::string::npos) << paused.error().detail;
  }
}

TEST_F(Steer, AResumedExportIsThatOfEachRegionToo) {
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "west"); }));
  add(10);
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.resume_exports(t, ""); }));
  run(8s);
  EXPECT_EQ(copies(), 11U);
  EXPECT_FALSE(is_problem(0, "export_paused"));
}

TEST_F(Steer, AnExportPausedForARegionThatRestartsStaysSo) {
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "west"); }));
  add(10);
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(5s);
  world_.at(world_.now(), [](World& w) { w.start(1); });
  run(20s);
  EXPECT_EQ(copies(), 10U);
  EXPECT_TRUE(is_problem(0, "export_paused"));
}

TEST_F(Steer, AnExportPausedForARegionThatLeavesAndComesBackStaysSo) {
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "west"); }));
  add(10);
  world_.at(world_.now(), [](World& w) { w.stop(1); });
  run(60s);
  EXPECT_TRUE(is_problem(0, "export_paused")) << "nobody resumed it";
  world_.at(world_.now(), [](World& w) { w.restart(1); });
  run(20s);
  EXPECT_EQ(copies(), 10U);
  EXPECT_TRUE(is_problem(0, "export_paused"));
  world_.at(world_.now(), [](World& w) { w.stop(1); });
  run(20s);
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.resume_exports(t, "west"); }));
  run(5s);
  EXPECT_TRUE(world_.node(0)->status(world_.now()).regions.empty()) << "it left, and nothing is to be kept of it";
}

TEST_F(Steer, ARegionThatAnOperatorForgetsIsPausedNoMore) {
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.pause_exports(t, "west"); }));
  world_.at(world_.now(), [](World& w) { w.stop(1); });
  run(20s);
  ASSERT_TRUE(order(0, [](Node& n, Instant t) { return n.forget_region(t, "west"); }));
  run(5s);
  EXPECT_TRUE(world_.node(0)->status(world_.now()).regions.empty());
}

TEST_F(Steer, SyncNowTriesAgainWhatWaits) {
  EXPECT_TRUE(order(1, [](Node& n, Instant t) { return n.sync_now(t, ""); }));
  EXPECT_TRUE(order(1, [](Node& n, Instant t) { return n.sync_now(t, "east"); }));
  EXPECT_FALSE(order(1, [](Node& n, Instant t) { return n.sync_now(t, "nowhere"); }));
  run(3s);
  EXPECT_EQ(copies(), 10U);
}

TEST_F(Steer, AMemberThatFailedIsForcedToLeaveAndOneThatIsThereIsNot) {
  EXPECT_FALSE(order(1, [](Node& n, Instant t) { return n.force_leave(t, "east"); }));
  EXPECT_FALSE(order(1, [](Node& n, Instant t) { return n.force_leave(t, "nobody"); }));
  world_.at(world_.now(), [](World& w) { w.crash(0); });
  run(60s);
  ASSERT_TRUE(order(1, [](Node& n, Instant t) { return n.force_leave(t, "east"); }));
  EXPECT_TRUE(west().regions.empty() || west().regions.at(0).link.left);
}

TEST_F(Steer, ARegionThatIsNotKnownCannotBePaused) {
  EXPECT_FALSE(order(1, [](Node& n, Instant t) { return n.pause_imports(t, "nowhere"); }));
  EXPECT_FALSE(order(1, [](Node& n, Instant t) { return n.drain(t, "nowhere", 1); }));
}

TEST(SteeredCluster, APauseEndsWithTheLead) {
  HostilePool pool(1, HostilePool::Trust::Open);
  ASSERT_EQ(pool.trouble(), "");
  World& world = pool.world();
  const auto leader = [&] {
    NodeIndex n = 0;
    while (n < 3 && world.node(n) != pool.leader()) ++n;
    return n;
  };
  const NodeIndex first = leader();
  ASSERT_LT(first, 3U);
  Result<void> all;
  Result<void> one;
  world.operate(first, [&](Node& node, Instant local) {
    all = node.pause_exports(local, "");
    one = node.pause_exports(local, "west");
  });
  ASSERT_TRUE(all && one);
  const auto paused = [&] {
    const auto status = world.node(first)->status(world.now());
    return status.export_paused || std::any_of(status.regions.begin(), status.regions.end(),
                                               [](const auto& region) { return !region.link.export_paused.empty(); });
  };
  ASSERT_TRUE(paused());
  // Whoever leads is frozen until it is the first one's turn again.
  for (int turns = 0; turns < 30 && (turns == 0 || leader() != first); ++turns) {
    const NodeIndex frozen = leader();
    if (frozen < 3) ASSERT_TRUE(world.pause(frozen));
    pool.run(std::chrono::seconds(10));
    if (frozen < 3) ASSERT_TRUE(world.resume(frozen));
    pool.run(std::chrono::seconds(5));
  }
  ASSERT_EQ(leader(), first);
  EXPECT_FALSE(paused());
}

}  // namespace
}  // namespace sim::host
