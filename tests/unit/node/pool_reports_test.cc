// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/pool_reports.h"

#include <gtest/gtest.h>

#include <optional>

#include "sim/host/world.h"
#include "syncer/catalog/accounts.h"
#include "syncer/node/mappings.h"
#include "syncer/node/node.h"
#include "syncer/policy/policy.h"
#include "tests/support/hostile_pool.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Instant;
using syncer::node::MappingRow;
using syncer::node::MappingsReport;
using syncer::node::Node;
using syncer::node::ReachabilityReport;

/// East with three services, west which has a policy for them, and south.
class PoolReports : public testing::Test {
 protected:
  PoolReports() {
    for (const char* name : {"sc-east", "sc-west", "sc-south"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    world_.add_node(node_spec("east", 1, "sc-east"));
    NodeSpec west = node_spec("west", 2, "sc-west");
    west.config.policy = syncer::policy::parse_policy(R"({
      "import": [{"name": "no bills", "from": "east", "deny": {"service": "bill*"}}],
      "rewrite": [{"name": "our words", "from": "east", "rename": {"app": {"shop": "store"}}},
                  {"name": "plan", "from": "east", "match": {"service": "cart"}, "ports": {"8080": 18080}}]})")
                             .value();
    world_.add_node(west);
    world_.add_node(node_spec("south", 3, "sc-south"));
    world_.at(Instant{}, [](World& w) { w.start(0), w.start(1), w.start(2); });
    run(8s);
    for (const char* service : {"cart", "till", "billing"}) add(service);
    run(10s);
  }

  void add(const std::string& service) {
    AppInstance app;
    app.name = service + "-1";
    app.app = "shop";
    app.service = service;
    app.endpoints = {"rest://10.1.0.1:8080"};
    ASSERT_TRUE(world_.registry(0).register_instance(world_.now(), app));
  }
  void run(syncer::Duration time) { world_.run_until(world_.now() + time); }
  void call(NodeIndex n) {
    world_.operate(n, [](Node& node, Instant local) { node.call_roll(local); });
  }
  std::optional<ReachabilityReport> roll(NodeIndex n) {
    std::optional<ReachabilityReport> report;
    world_.operate(n, [&](Node& node, Instant) { report = node.take_roll(); });
    return report;
  }
  MappingsReport mappings(NodeIndex n, const syncer::node::MappingQuery& query = {}) {
    return world_.node(n)->mappings(query);
  }
  static MappingRow row(const MappingsReport& report, const std::string& direction, const std::string& service) {
    for (const MappingRow& one : report.mappings) {
      if (one.direction == direction && one.region == "east" && one.service.find(service) != std::string::npos)
        return one;
    }
    return {};
  }

  World world_{1};
};

TEST_F(PoolReports, EveryMemberAnswersAtOnce) {
  call(0);
  run(100ms);
  const auto report = roll(0);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->members.size(), 2U);
  for (const auto& member : report->members) {
    EXPECT_TRUE(member.answers) << member.name;
    EXPECT_EQ(member.region, member.name);
    EXPECT_GT(member.rtt.value_or(syncer::Duration::zero()), syncer::Duration::zero());
  }
  EXPECT_FALSE(roll(0)) << "once";
}

TEST_F(PoolReports, WhoJustDiedDoesNotAnswerThoughItCountsAsThere) {
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(10ms);
  call(0);
  run(1s);
  EXPECT_FALSE(roll(0)) << "a lost packet is no absence";
  run(2500ms);
  const auto report = roll(0);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->members.size(), 2U);
  EXPECT_TRUE(report->members[0].answers) << "south";
  EXPECT_FALSE(report->members[1].answers);
  EXPECT_TRUE(report->members[1].is_missed()) << report->members[1].state;
}

TEST_F(PoolReports, ALossyLinkIsAskedAgain) {
  world_.at(world_.now(), [](World& w) { w.pause(1); });
  run(10ms);
  call(0);
  run(1200ms);
  world_.at(world_.now(), [](World& w) { w.resume(1); });
  run(2s);
  const auto report = roll(0);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->members[1].answers);
}

TEST_F(PoolReports, RoundTripsAreThoseOfProbes) {
  const auto all = world_.node(0)->round_trips("");
  ASSERT_EQ(all.members.size(), 2U);
  EXPECT_GT(all.members[0].last.value_or(syncer::Duration::zero()), syncer::Duration::zero());
  EXPECT_GE(all.members[0].worst, all.members[0].last);
  EXPECT_EQ(world_.node(0)->round_trips("west").members.size(), 1U);
  EXPECT_TRUE(world_.node(0)->round_trips("nobody").members.empty());
}

TEST_F(PoolReports, NamesThereAndHereAreWhatTheRegistryShows) {
  const MappingsReport west = mappings(1);
  const MappingRow cart = row(west, "import", "cart");
  EXPECT_EQ(cart.service.substr(0, 9), "shop/cart");
  EXPECT_EQ(cart.shown_as.substr(0, 10), "store/cart");
  EXPECT_EQ(cart.by, (std::vector<std::string>{"our words", "plan"}));
  EXPECT_EQ(cart.instances, 1U);
  EXPECT_EQ(cart.withheld, 0U);
  EXPECT_FALSE(cart.here.empty()) << "the copy is there";
  EXPECT_EQ(row(west, "import", "till").by, std::vector<std::string>{"our words"});
  const MappingRow bills = row(west, "import", "billing");
  EXPECT_EQ(bills.shown_as, "");
  EXPECT_EQ(bills.withheld, 1U);
  EXPECT_EQ(bills.here, "");
  EXPECT_NE(std::find(bills.by.begin(), bills.by.end(), "no bills"), bills.by.end());
  ASSERT_EQ(west.policies.size(), 3U);
  EXPECT_EQ(west.policies[0].kind, "deny");
  EXPECT_EQ(west.policies[1].name, "our words");
}

TEST_F(PoolReports, WithoutAPolicyEveryServiceHasItsOwnName) {
  const MappingsReport south = mappings(2);
  for (const char* service : {"cart", "till", "billing"}) {
    const MappingRow there = row(south, "import", service);
    EXPECT_EQ(there.shown_as, there.service) << service;
    EXPECT_TRUE(there.by.empty()) << service;
  }
  EXPECT_TRUE(south.policies.empty());
  const MappingsReport east = mappings(0, {"west", "", "", 100});
  EXPECT_EQ(east.total, 3U) << "what east gives west";
  for (const MappingRow& given : east.mappings) EXPECT_EQ(given.direction, "export");
}

TEST_F(PoolReports, RowsComePageByPage) {
  MappingsReport page = mappings(2, {"", "", "", 2});
  EXPECT_EQ(page.total, 3U);
  ASSERT_EQ(page.mappings.size(), 2U);
  const auto first = page.mappings;
  page = mappings(2, {"", "", page.next, 2});
  ASSERT_EQ(page.mappings.size(), 1U);
  EXPECT_NE(page.mappings[0], first[1]);
  EXPECT_EQ(page.next, "");
  EXPECT_EQ(mappings(2, {"", "till", "", 2}).total, 1U);
}

TEST(PoolReportsOfACluster, AFollowerNamesItsLeaderInPlaceOfAnEmptyList) {
  HostilePool pool(1, HostilePool::Trust::Open);
  ASSERT_EQ(pool.trouble(), "");
  World& world = pool.world();
  for (NodeIndex n = 0; n < 3; ++n) {
    const Node& node = *world.node(n);
    const bool follows = &node != pool.leader();
    EXPECT_EQ(node.copies(world.now(), {}).problem.has_value(), follows);
    EXPECT_EQ(node.services("", "", 10).problem.has_value(), follows);
    const auto told = node.mappings({}).problem;
    EXPECT_EQ(told.has_value(), follows);
    EXPECT_EQ(told.value_or("").find("ask its leader") != std::string::npos, follows) << told.value_or("");
  }
}

}  // namespace
}  // namespace sim::host
