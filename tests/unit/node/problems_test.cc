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
using syncer::node::problem_lines_of;
using syncer::node::problems_of;

/// East and west, not started yet.
class NodeProblems : public testing::Test {
 protected:
  NodeProblems() {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    world_.add_node(node_spec("east", 1, "sc-east"));
    world_.add_node(node_spec("west", 2, "sc-west"));
  }

  void start(NodeIndex n) {
    world_.at(world_.now(), [n](World& w) { w.start(n); });
  }
  void start_both() { start(0), start(1), run(5s); }
  void run(syncer::Duration time) { world_.run_until(world_.now() + time); }
  syncer::node::Status status(NodeIndex n) const { return world_.node(n)->status(world_.now()); }
  std::vector<std::string> causes(NodeIndex n) const {
    std::vector<std::string> all;
    for (const auto& problem : problems_of(status(n))) all.push_back(problem.cause);
    EXPECT_EQ(status(n).ready, all.empty());
    return all;
  }
  std::string lines(NodeIndex n) const {
    std::string all;
    for (const std::string& line : problem_lines_of(status(n))) all += line + "\n";
    return all;
  }
  /// Cuts what goes from one node to another.
  void cut(NodeIndex from, NodeIndex to, bool both) {
    const fault::Sites a = {fault::Site::node(from)};
    const fault::Sites b = {fault::Site::node(to)};
    world_.partition(fault::one_way(a, b));
    if (both) world_.partition(fault::one_way(b, a));
  }

  World world_{1};
};

using Causes = std::vector<std::string>;

TEST_F(NodeProblems, AreNoneWhenAllIsWell) {
  start_both();
  for (const NodeIndex n : {0U, 1U}) {
    EXPECT_EQ(causes(n), Causes{}) << lines(n);
    EXPECT_TRUE(status(n).regions.at(0).link.link_up);
  }
}

TEST_F(NodeProblems, ATargetThatNeverAnsweredKeepsTheJoinerUnready) {
  start(1);
  run(10s);
  EXPECT_EQ(causes(1), Causes{"never_joined"}) << lines(1);
  EXPECT_NE(lines(1).find("join 10.0.0.1:30190: not joined: "), std::string::npos) << lines(1);
  start(0);
  run(30s);
  EXPECT_EQ(causes(1), Causes{}) << lines(1);
  world_.at(world_.now(), [](World& w) { w.stop(0); });
  run(160s);
  EXPECT_EQ(causes(1), Causes{}) << "it joined once, and the other said good-bye: " << lines(1);
}

TEST_F(NodeProblems, ARegionThatIsCutOffIsOneOnBothSides) {
  start_both();
  cut(0, 1, true);
  run(30s);
  for (const NodeIndex n : {0U, 1U}) {
    EXPECT_EQ(causes(n), Causes{"region_not_connected"}) << lines(n);
    EXPECT_FALSE(status(n).regions.at(0).link.link_up);
    EXPECT_NE(lines(n).find("nothing is heard of it"), std::string::npos) << lines(n);
  }
}

TEST_F(NodeProblems, ALinkThatWorksOneWayIsNotUp) {
  start_both();
  fault::LinkRule rule;
  rule.from = {fault::Site::node(0)};
  rule.to = {fault::Site::node(1)};
  rule.patch = true;
  rule.spec.connect = fault::ConnectFate::Refuse;
  world_.add_link_rule(rule);
  world_.reset_streams(fault::Site::node(0), fault::Site::node(1));
  run(20s);
  EXPECT_TRUE(status(0).regions.at(0).link.receiving) << lines(0);
  EXPECT_FALSE(status(0).regions.at(0).link.sending);
  EXPECT_FALSE(status(0).regions.at(0).link.link_up);
  EXPECT_EQ(causes(0), Causes{"region_not_connected"}) << lines(0);
  EXPECT_NE(lines(0).find("no link to 10.0.0.2:30191: "), std::string::npos) << lines(0);
  EXPECT_EQ(causes(1), Causes{"region_not_connected"}) << lines(1);
  EXPECT_NE(lines(1).find("it has no link to us at 10.0.0.2:30191"), std::string::npos) << lines(1);
}

TEST_F(NodeProblems, NothingHeardIsNoAge) {
  start(0);
  run(2s);
  world_.at(world_.now(), [](World& w) {
    w.operate(0, [](syncer::node::Node& node, Instant local) {
      node.set_seeds(local, {syncer::Endpoint::v4(10, 0, 0, 2, 30190)});
    });
  });
  run(10s);
  EXPECT_TRUE(status(0).regions.empty());
  start_both();
  EXPECT_TRUE(status(0).regions.at(0).link.last_heard.has_value());
}

TEST_F(NodeProblems, ASharedRegistryIsNamedOnceAndItsConsequencesAreNot) {
  world_.add_node([] {
    NodeSpec twin = node_spec("north", 3, "sc-east");
    return twin;
  }());
  start_both();
  start(2);
  run(20s);
  EXPECT_EQ(causes(0).front(), "registry_shared") << lines(0);
  EXPECT_EQ(causes(2).front(), "registry_shared") << lines(2);
  const std::string all = lines(2);
  const auto first = all.find("this registry is shared");
  ASSERT_NE(first, std::string::npos) << all;
  EXPECT_EQ(all.find("this registry is shared", first + 1), std::string::npos) << all;
  EXPECT_EQ(all.find("not read completely"), std::string::npos) << all;
}

TEST_F(NodeProblems, ARegistryThatDoesNotAnswerIsTheCause) {
  start_both();
  fault::RegistryFault outage;
  outage.kind = fault::RegistryFault::Kind::Outage;
  world_.registry(0).start_fault(world_.now(), outage);
  run(20s);
  EXPECT_EQ(causes(0), Causes{"registry_unreadable"}) << lines(0);
  EXPECT_NE(lines(0).find("it does not answer: "), std::string::npos) << lines(0);
  EXPECT_EQ(causes(1), Causes{}) << lines(1);
}

}  // namespace
}  // namespace sim::host
