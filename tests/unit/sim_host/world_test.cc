// SPDX-License-Identifier: Apache-2.0
#include "sim/host/world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sim/engine/digest.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Duration;
using syncer::Instant;

constexpr Instant at(Duration t) { return Instant{} + t; }

RegistrySpec registry_spec(const std::string& name) {
  RegistrySpec spec;
  spec.name = name;
  return spec;
}

AppInstance instance(const std::string& name) {
  AppInstance app;
  app.name = name;
  app.service = "cart";
  app.endpoints = {"rest://10.1.0.7:8080"};
  return app;
}

/// Two regions over a link of 20 to 60 ms, both started at zero.
void build(World& world) {
  world.add_registry(registry_spec("sc-east"));
  world.add_registry(registry_spec("sc-west"));
  world.add_node(node_spec("east", 1, "sc-east"));
  world.add_node(node_spec("west", 2, "sc-west"));
  fault::LinkRule rule;
  rule.from = {Site::node(0)};
  rule.to = {Site::node(1)};
  rule.both = true;
  rule.spec.latency.emplace();
  rule.spec.latency->shape = fault::Shape::Uniform;
  rule.spec.latency->min = 20ms;
  rule.spec.latency->max = 60ms;
  world.add_link_rule(rule);
  world.at(at(0s), [](World& w) { w.start(0), w.start(1); });
}

/// Instances of service "cart" in a registry, copies included.
std::size_t carts(const World& world, RegistryIndex r) {
  std::size_t count = 0;
  world.registry(r).for_each([&](const RegistryInstance& instance) {
    if (instance.service == service_text("", "default", "cart", "1.0.0")) ++count;
  });
  return count;
}

engine::Digest run(std::uint64_t seed, engine::Window window, Probe* probe = nullptr) {
  World world(seed);
  world.record().capture(window);
  if (probe != nullptr) world.add_probe(*probe);
  build(world);
  world.at(at(5s), [](World& w) { w.registry(0).register_instance(w.now(), instance("cart-1")); });
  world.at(at(9s), [](World& w) { w.crash(1, DiskFate::Tear); });
  world.at(at(12s), [](World& w) { w.restart(1); });
  world.run_until(at(20s));
  return world.record();
}

TEST(World, CarriesAnInstanceFromOneRegionToTheOther) {
  World world(1);
  build(world);
  world.run_until(at(10s));
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), instance("cart-1")));
  world.run_until(at(15s));
  EXPECT_EQ(carts(world, 0), 1U);
  EXPECT_EQ(carts(world, 1), 1U);
  ASSERT_TRUE(world.registry(0).deregister(world.now(), "cart-1"));
  world.run_until(at(25s));
  EXPECT_EQ(carts(world, 1), 0U);
}

TEST(World, KeepsApplicationsAliveByTheirHeartbeats) {
  World world(1);
  world.add_registry(registry_spec("sc"));
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), instance("cart-1")));
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), instance("cart-2")));
  world.at(at(10s), [](World& w) { w.registry(0).stop_heartbeat(w.now(), "cart-2"); });
  world.run_until(at(600s));
  EXPECT_EQ(world.registry(0).names(), (std::vector<std::string>{"cart-1"}));
}

std::string failure_of_run(World& world) {
  try {
    world.run_until(at(5s));
  } catch (const std::exception& e) {
    return e.what();
  }
  return "";
}

TEST(World, SaysWhereARunBreaks) {
  World idle(1);
  idle.at(at(3s), [](World&) { throw std::out_of_range("map::at"); });
  EXPECT_EQ(failure_of_run(idle), "at 3s, event 0 (scripted action): map::at");
  World busy(1);
  build(busy);
  busy.at(at(2s),
          [](World& w) { w.operate(1, [](syncer::node::Node&, Instant) { throw std::out_of_range("map::at"); }); });
  const std::string text = failure_of_run(busy);
  EXPECT_EQ(text.rfind("node west, at 2s, event ", 0), 0U) << text;
  EXPECT_NE(text.find(" (scripted action): map::at"), std::string::npos) << text;
}

TEST(World, TellsProbesTheTimeBeforeAnythingHappens) {
  struct Clock final : Probe {
    void before_event(Instant now) override { now_ = now; }
    bool wants_before_event() const override { return true; }
    void on_host_change(NodeIndex, HostChange) override { heard.push_back(now_); }
    std::vector<Instant> heard;
    Instant now_;
  } clock;
  World world(1);
  world.add_registry(registry_spec("sc-east"));
  world.add_node(node_spec("east", 1, "sc-east"));
  world.add_probe(clock);
  world.at(at(1s), [](World&) {});
  world.at(at(7s), [](World& w) { w.start(0); });
  world.run_until(at(8s));
  EXPECT_EQ(clock.heard, (std::vector<Instant>{at(7s)}));
}

TEST(World, LetsForgottenApplicationsRegisterAgain) {
  World world(1);
  world.add_registry(registry_spec("sc"));
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), instance("cart-1")));
  world.registry(0).lose_data(world.now());
  EXPECT_EQ(carts(world, 0), 0U);
  world.run_until(at(40s));
  EXPECT_EQ(carts(world, 0), 1U);
}

TEST(World, KeepsApplicationsDeadWhileTheRegistryIsOut) {
  World world(1);
  world.add_registry(registry_spec("sc"));
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), instance("cart-1")));
  const RegistryFaultId outage = world.registry(0).start_fault(world.now(), {});
  EXPECT_FALSE(world.registry(0).healthy());
  world.run_until(at(299s));
  EXPECT_EQ(carts(world, 0), 0U) << "its heartbeats did not arrive";
  world.registry(0).stop_fault(world.now(), outage);
  world.run_until(at(340s));
  EXPECT_EQ(carts(world, 0), 1U) << "it registered again";
}

TEST(World, ShowsApplicationsToStaleReadsLater) {
  World world(1);
  world.add_registry(registry_spec("sc"));
  fault::RegistryFault stale;
  stale.kind = fault::RegistryFault::Kind::StaleRead;
  stale.by = 10s;
  world.registry(0).start_fault(world.now(), stale);
  world.run_until(at(1s));
  ASSERT_TRUE(world.registry(0).register_instance(world.now(), instance("cart-1")));
  const auto seen = [&] {
    syncer::HttpRequest list;
    list.method = "GET";
    list.target = "/v4/default/registry/microservices";
    list.headers.add("X-Domain-Name", "default");
    const HttpReply reply = world.registry(0).handle(world.now(), 0, list, "");
    return reply.outcome && reply.outcome->body.find("cart") != std::string::npos;
  };
  world.run_until(at(5s));
  EXPECT_FALSE(seen());
  world.run_until(at(15s));
  EXPECT_TRUE(seen());
}

TEST(World, GivesTheSameDigestForTheSameSeed) {
  EXPECT_EQ(run(7, {}).value(), run(7, {}).value());
  EXPECT_NE(run(7, {}).value(), run(8, {}).value());
}

TEST(World, RunsTwiceWithoutADifference) {
  const auto once = [](engine::Window window) { return run(3, window); };
  const auto difference = engine::compare_runs(once, once);
  EXPECT_FALSE(difference) << to_string(*difference);
}

struct Watcher final : Probe {
  void on_node_event(NodeIndex, const syncer::Event&) override { ++events; }
  bool wants(syncer::Severity) const override { return true; }
  void on_registry_change(RegistryIndex, const RegistryChange&) override { ++changes; }
  void on_host_change(NodeIndex, HostChange change) override { hosts.push_back(change); }
  void on_message(const Message&) override { ++messages; }
  bool wants_messages() const override { return true; }
  void after_event(Instant) override { ++after; }
  bool wants_after_event() const override { return true; }
  int events = 0;
  int changes = 0;
  int messages = 0;
  std::uint64_t after = 0;
  std::vector<HostChange> hosts;
};

TEST(World, IsNotChangedByBeingWatched) {
  Watcher watcher;
  const engine::Digest watched = run(5, {}, &watcher);
  EXPECT_EQ(watched.value(), run(5, {}).value());
  EXPECT_EQ(watcher.after, watched.events());
  EXPECT_GT(watcher.events, 0);
  EXPECT_GT(watcher.changes, 0);
  EXPECT_GT(watcher.messages, 0);
  EXPECT_EQ(watcher.hosts,
            (std::vector{HostChange::Started, HostChange::Started, HostChange::Crashed, HostChange::Started}));
}

/// Follows the next deadline of each syncer: it must not change where the world says that nobody acted.
struct Insider final : Probe {
  explicit Insider(const World& watched) : world(watched), seen(watched.nodes()) {}
  void after_event(Instant) override {
    for (NodeIndex n = 0; n < seen.size(); ++n) {
      const syncer::node::Node* node = world.node(n);
      const Instant due = node != nullptr ? node->next_deadline() : Instant{};
      const bool acted = std::count(world.acted().begin(), world.acted().end(), n) == 1;
      if (std::exchange(seen[n], due) == due) continue;
      ++changes;
      if (!acted && node != nullptr) ++unseen;
    }
  }
  bool wants_after_event() const override { return true; }
  const World& world;
  std::vector<Instant> seen;
  int changes = 0;
  int unseen = 0;
};

TEST(World, NamesTheSyncersThatActedInAnEvent) {
  World world(1);
  build(world);
  Insider insider(world);
  world.add_probe(insider);
  world.run_until(at(10s));
  ASSERT_TRUE(world.crash(1));
  ASSERT_TRUE(world.restart(1));
  world.run_until(at(20s));
  EXPECT_GT(insider.changes, 100);
  EXPECT_EQ(insider.unseen, 0);
}

TEST(World, LeavesAPausedNodeBehindAndCatchesUp) {
  World world(1);
  build(world);
  world.run_until(at(10s));
  ASSERT_TRUE(world.pause(1));
  EXPECT_FALSE(world.pause(1));
  world.registry(0).register_instance(world.now(), instance("cart-1"));
  world.run_until(at(14s));
  EXPECT_EQ(carts(world, 1), 0U);
  ASSERT_TRUE(world.resume(1));
  world.run_until(at(25s));
  EXPECT_EQ(carts(world, 1), 1U);
}

TEST(World, StopsInOrder) {
  World world(1);
  build(world);
  world.run_until(at(10s));
  ASSERT_TRUE(world.stop(1));
  world.run_until(at(45s));
  EXPECT_FALSE(world.alive(1));
  EXPECT_TRUE(world.alive(0));
}

TEST(World, SuspendsAMachineWhoseClockGoesOn) {
  World world(1);
  build(world);
  world.run_until(at(10s));
  const Instant before = world.local_time(1);
  ASSERT_TRUE(world.suspend(1));
  world.run_until(at(70s));
  EXPECT_EQ(world.local_time(1), before + 1min);
  ASSERT_TRUE(world.resume_machine(1));
  world.run_until(at(71s));
  EXPECT_EQ(world.local_time(1), before + 61s);
}

TEST(World, StartsAFailedProcessAgain) {
  World world(1);
  build(world);
  world.disk_fault(0, {.fail = true});
  world.run_until(at(1s));
  EXPECT_FALSE(world.alive(0));
  EXPECT_NE(world.failure(0), "");
  world.disk_fault(0, {});
  world.run_until(at(6s));
  EXPECT_TRUE(world.alive(0));
  EXPECT_EQ(world.failure(0), "");
}

TEST(World, TheSidesOfABridgeAreOneProcessWithNothingBetweenThem) {
  World world(7);
  world.add_registry(registry_spec("sc-east"));
  world.add_registry(registry_spec("sc-west"));
  world.add_node(node_spec("east", 1, "sc-east"));
  world.add_node(node_spec("west", 2, "sc-west"));
  world.bridge(0, 1);
  EXPECT_TRUE(world.start(1));
  EXPECT_TRUE(world.alive(0) && world.alive(1));
  world.partition(fault::around({Site::node(0)}, world.sites(), true, true, fault::BlockMode::Drop));
  EXPECT_TRUE(world.reachable(Site::node(0), Site::node(1)));
  EXPECT_FALSE(world.reachable(Site::node(0), Site::registry(1)));
  world.run_until(at(1s));
  EXPECT_TRUE(world.pause(0));
  EXPECT_TRUE(world.paused(1));
  EXPECT_TRUE(world.resume(1));
  EXPECT_FALSE(world.paused(0));
  EXPECT_TRUE(world.crash(1));
  EXPECT_FALSE(world.alive(0));
  EXPECT_TRUE(world.restart(0));
  EXPECT_TRUE(world.alive(1));
}

}  // namespace
}  // namespace sim::host
