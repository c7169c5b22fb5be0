// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "sim/host/world.h"
#include "syncer/catalog/accounts.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Instant;
using syncer::node::ExplainedInstance;
using syncer::node::RegionAccount;
using Kind = syncer::wire::Question::Kind;

/// East and west; east has an instance of "cart" and one of a service that stays at home.
class Explain : public testing::Test {
 protected:
  explicit Explain(bool by_relay = false) {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    world_.add_node(node_spec("east", 1, "sc-east"));
    NodeSpec west = node_spec("west", 2, "sc-west");
    west.config.registry.excluded_services = {"SYNCER", "unwanted"};
    west.config.sync.relay = by_relay;
    world_.add_node(west);
    world_.at(Instant{}, [](World& w) { w.start(0), w.start(1); });
    run(8s);
    add("cart-1", "cart", "10.1.0.7:8080");
    add("kie-1", "KIE", "10.1.0.8:8080");
    add("unwanted-1", "unwanted", "10.1.0.9:8080");
    run(8s);
  }

  void add(const std::string& name, const std::string& service, const std::string& address) {
    AppInstance app;
    app.name = name;
    app.service = service;
    app.endpoints = {"rest://" + address};
    ASSERT_TRUE(world_.registry(0).register_instance(world_.now(), app));
  }
  void run(syncer::Duration time) { world_.run_until(world_.now() + time); }
  RegionAccount account(NodeIndex n, const std::string& what, Kind kind = Kind::Explain) {
    RegionAccount told;
    world_.operate(n, [&](syncer::node::Node& node, Instant local) { told = node.account(local, kind, what); });
    return told;
  }
  ExplainedInstance only(const RegionAccount& account) {
    EXPECT_EQ(account.instances.size(), 1U) << account.problem;
    return account.instances.empty() ? ExplainedInstance{} : account.instances.front();
  }
  /// What west answers east, or the other way round, over the link.
  RegionAccount asked(NodeIndex asker, const std::string& region, const std::string& what, Kind kind = Kind::Explain) {
    syncer::Result<std::uint64_t> question = 0;
    world_.operate(
        asker, [&](syncer::node::Node& node, Instant local) { question = node.ask_region(local, region, kind, what); });
    EXPECT_TRUE(question) << to_string(question.error());
    RegionAccount told;
    for (int i = 0; i < 60 && told.region.empty(); ++i) {
      run(100ms);
      world_.operate(asker, [&](syncer::node::Node& node, Instant local) {
        for (auto& [id, answer] : node.take_answers(local)) {
          if (id == *question) told = answer;
        }
      });
    }
    return told;
  }
  void policy(NodeIndex n, const std::string& text) {
    const auto parsed = syncer::policy::parse_policy(text);
    ASSERT_TRUE(parsed) << to_string(parsed.error());
    world_.operate(
        n, [&](syncer::node::Node& node, Instant local) { ASSERT_TRUE(node.apply_policy(local, *parsed, true)); });
  }
  /// A third region, number 2 of the world.
  void south() {
    RegistrySpec registry;
    registry.name = "sc-south";
    world_.add_registry(registry);
    world_.add_node(node_spec("south", 3, "sc-south"));
    world_.at(world_.now(), [](World& w) { w.start(2); });
    run(10s);
  }
  static std::set<std::string> services_in(const RegionAccount& account) {
    std::set<std::string> names;
    for (const ExplainedInstance& instance : account.instances) {
      const std::size_t begin = instance.service.find('/') + 1;
      names.insert(instance.service.substr(begin, instance.service.rfind('/') - begin));
    }
    return names;
  }
  static std::string step(const ExplainedInstance& instance, const std::string& name) {
    for (const auto& step : instance.steps) {
      if (step.step == name) return step.state + ": " + step.text;
    }
    return "";
  }

  World world_{1};
};

/// West passes on what it holds.
class ExplainByRelay : public Explain {
 protected:
  ExplainByRelay() : Explain(true) {}
};

TEST_F(Explain, AnInstanceIsFollowedFromItsRegistryToTheOther) {
  const ExplainedInstance east = only(account(0, "cart"));
  EXPECT_EQ(east.origin, "east");
  EXPECT_EQ(east.verdict, "all is done");
  EXPECT_EQ(step(east, "seen"), "done: the registry lists it, UP");
  EXPECT_EQ(step(east, "exported").rfind("done: epoch ", 0), 0U);
  EXPECT_EQ(step(east, "sent to west"), "done: sent and acknowledged");
  const ExplainedInstance west = only(account(1, "cart"));
  EXPECT_EQ(west.origin, "east");
  EXPECT_EQ(west.verdict, "all is done");
  EXPECT_EQ(step(west, "wanted").rfind("done: epoch ", 0), 0U);
  EXPECT_EQ(step(west, "written"), "done: entry " + west.copy + ", UP");
  EXPECT_NE(step(west, "renewed"), "");
  EXPECT_EQ(only(account(1, west.copy)).copy, west.copy) << "by the id of the copy";
  EXPECT_EQ(only(account(0, east.instance)).instance, east.instance) << "by its own id";
  EXPECT_TRUE(account(0, "nothing of that name").instances.empty());
}

TEST_F(Explain, WhatWaitsForTheCapOfALinkSaysSo) {
  world_.operate(0, [&](syncer::node::Node& node, Instant local) {
    syncer::node::NodeConfig config = node.config();
    ASSERT_TRUE(syncer::node::apply_setting(config, "sync.link-cap", "west=4KiB/s"));
    ASSERT_TRUE(node.reconfigure(local, config));
  });
  for (int i = 0; i < 200; ++i) add("many-" + std::to_string(i), "many", "10.2.0." + std::to_string(i) + ":80");
  run(2s);
  const std::string waits = step(only(account(0, "many-99")), "sent to west");
  EXPECT_EQ(waits.rfind("waiting: not sent yet: no more than 4KiB/s go to that region (sync.link-cap), and ", 0), 0U)
      << waits;
  run(20s);
  EXPECT_EQ(step(only(account(0, "many-99")), "sent to west"), "done: sent and acknowledged");
}

TEST_F(Explain, TheRuleThatFiltersIsNamedOnEitherSide) {
  const ExplainedInstance home = only(account(0, "KIE"));
  EXPECT_NE(home.verdict.find("registry.exclude-services names \"KIE\""), std::string::npos) << home.verdict;
  EXPECT_TRUE(account(1, "KIE").instances.empty());
  EXPECT_EQ(only(account(0, "unwanted")).verdict, "all is done");
  const ExplainedInstance there = only(account(1, "unwanted"));
  EXPECT_EQ(there.verdict, "filter: no copy is held here: registry.exclude-services names \"unwanted\"");
}

TEST_F(Explain, ARegionThatCannotBeReachedIsTheHop) {
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(10s);
  add("cart-2", "cart", "10.1.0.17:8080");
  run(5s);
  bool told = false;
  for (const ExplainedInstance& instance : account(0, "cart").instances) {
    told = told || instance.verdict.rfind("sent to west: no link to ", 0) == 0;
  }
  EXPECT_TRUE(told);
  const RegionAccount differences = account(0, "west", Kind::Differ);
  bool lacks = false;
  for (const ExplainedInstance& instance : differences.instances)
    lacks = lacks || instance.verdict.find("no link") != std::string::npos;
  EXPECT_TRUE(lacks);
}

TEST_F(Explain, AnotherRegionAnswersOverTheLink) {
  const RegionAccount told = asked(0, "west", "cart");
  EXPECT_EQ(told.problem, "");
  EXPECT_EQ(told.region, "west");
  EXPECT_EQ(only(told).verdict, "all is done");
  EXPECT_NE(only(told).copy, "");
  const RegionAccount unwanted = asked(0, "west", "east", Kind::Differ);
  EXPECT_EQ(unwanted.problem, "");
}

TEST_F(Explain, WhatThePolicyKeepsFromARegionItIsNotToldOfEither) {
  policy(0, R"({"export": [{"name": "wages stay", "to": ["west"], "deny": {"service": "payroll"}}]})");
  add("payroll-1", "payroll", "10.1.0.20:8080");
  run(8s);
  EXPECT_NE(only(account(0, "payroll")).verdict.find("wages stay"), std::string::npos) << "at home the rule is named";
  EXPECT_TRUE(asked(1, "east", "payroll").instances.empty());
  EXPECT_TRUE(asked(1, "east", "KIE").instances.empty()) << "and of what stays at home";
  EXPECT_EQ(only(asked(1, "east", "cart")).verdict, "all is done");
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(2s);
  add("payroll-2", "payroll", "10.1.0.21:8080");
  add("cart-2", "cart", "10.1.0.22:8080");
  run(5s);
  EXPECT_EQ(services_in(account(0, "", Kind::Differ)), (std::set<std::string>{"KIE", "cart"}));
  south();
  policy(0, R"({"export": [{"name": "wages stay", "to": ["west", "south"], "deny": {"service": "payroll"}}]})");
  run(5s);
  EXPECT_EQ(services_in(asked(2, "east", "west", Kind::Differ)), std::set<std::string>{"cart"});
}

TEST_F(Explain, WhoElseIsKeptFromAnInstanceIsNobodysBusiness) {
  south();
  EXPECT_NE(only(asked(1, "east", "KIE")).verdict.find("registry.exclude-services"), std::string::npos)
      << "without a word of the policy it is told what stays at home";
  policy(0, R"({"export": [{"name": "not in the south", "to": ["south"], "deny": {"service": "cart"}}]})");
  run(8s);
  EXPECT_NE(step(only(account(0, "cart")), "filter for south"), "");
  const ExplainedInstance told = only(asked(1, "east", "cart"));
  EXPECT_EQ(step(told, "filter for south"), "");
  EXPECT_EQ(step(told, "sent to west"), "done: sent and acknowledged");
}

TEST_F(Explain, OfThirdRegionsOnlyThemselvesAreTold) {
  south();
  EXPECT_EQ(account(1, "cart").instances.size(), 1U);
  EXPECT_TRUE(asked(2, "west", "cart").instances.empty()) << "east did not say that others may pass it on";
  EXPECT_TRUE(asked(2, "west", "east", Kind::Differ).instances.empty());
  EXPECT_EQ(only(asked(0, "west", "cart")).origin, "east");
  EXPECT_EQ(only(asked(0, "west", "unwanted")).verdict,
            "filter: no copy is held here: registry.exclude-services names \"unwanted\"");
}

TEST_F(ExplainByRelay, TellsOfWhatItMayPassOn) {
  south();
  EXPECT_EQ(only(asked(2, "west", "cart")).origin, "east");
  policy(0, R"({"export": [{"name": "not in the south", "to": ["south"], "deny": {"service": "cart"}}]})");
  run(8s);
  EXPECT_TRUE(asked(2, "west", "cart").instances.empty());
}

TEST_F(Explain, ARegionThatIsDownSaysNothingAndThatIsTold) {
  world_.at(world_.now(), [](World& w) { w.crash(1); });
  run(1s);
  EXPECT_NE(asked(0, "west", "cart").problem, "");
  syncer::Result<std::uint64_t> question = 0;
  world_.operate(0, [&](syncer::node::Node& node, Instant local) {
    question = node.ask_region(local, "nowhere", Kind::Explain, "cart");
  });
  ASSERT_FALSE(question);
  EXPECT_EQ(to_string(question.error()), "no other region is known as \"nowhere\"");
}

TEST_F(Explain, WhoIsNotAllowedIsToldNothing) {
  NodeSpec south = node_spec("south", 3, "sc-east");
  RegistrySpec registry;
  registry.name = "sc-south";
  world_.add_registry(registry);
  south.config.registry.addresses = {"http://sc-south:30100"};
  south.config.sync.regions = {"east"};
  world_.add_node(south);
  world_.at(world_.now(), [](World& w) { w.start(2); });
  run(10s);
  EXPECT_EQ(asked(0, "south", "cart").problem, "");
  EXPECT_NE(asked(1, "south", "cart").problem.find("region \"west\" is not in sync.regions"), std::string::npos);
}

TEST_F(Explain, WhoAsksTooMuchIsRefusedForAWhile) {
  std::size_t refused = 0;
  for (int i = 0; i < 40; ++i) {
    world_.operate(0, [&](syncer::node::Node& node, Instant local) {
      EXPECT_TRUE(node.ask_region(local, "west", Kind::Explain, "cart"));
    });
  }
  run(3s);
  world_.operate(0, [&](syncer::node::Node& node, Instant local) {
    for (const auto& [id, answer] : node.take_answers(local))
      refused += answer.problem.find("asked too much") != std::string::npos;
  });
  EXPECT_GE(refused, 15U);
  EXPECT_LT(refused, 40U);
  run(10s);
  EXPECT_EQ(asked(0, "west", "cart").problem, "");
}

TEST_F(Explain, CopiesAndServicesAreListedPageByPage) {
  for (int i = 0; i < 7; ++i) add("more-" + std::to_string(i), "more", "10.1.1." + std::to_string(i) + ":80");
  run(8s);
  std::size_t seen = 0;
  std::string after;
  do {
    syncer::node::CopiesReport page;
    world_.operate(1, [&](syncer::node::Node& node, Instant local) {
      page = node.copies(local, {"east", "", after, 3});
    });
    EXPECT_EQ(page.total, 8U) << "seven, and one of cart";
    EXPECT_LE(page.copies.size(), 3U);
    seen += page.copies.size();
    for (const auto& row : page.copies) EXPECT_EQ(row.state, "present") << row.detail;
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(seen, 8U);
  world_.operate(1, [&](syncer::node::Node& node, Instant local) {
    EXPECT_EQ(node.copies(local, {"", "cart", "", 10}).total, 1U);
    EXPECT_EQ(node.copies(local, {"north", "", "", 10}).total, 0U);
    const auto services = node.services("", "", 1);
    EXPECT_EQ(services.total, 2U);
    EXPECT_EQ(services.services.at(0).regions.at("east"), 1U);
    EXPECT_EQ(node.services("", services.next, 9).services.at(0).copies, 7U);
    EXPECT_EQ(node.services("mor", "", 9).total, 1U);
  });
}

}  // namespace
}  // namespace sim::host
