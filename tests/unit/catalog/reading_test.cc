// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "syncer/registry/record.h"
#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;

/// A service center that shows each write at once, and removals as late as a real one.
mocksc::ModelOptions punctual() {
  mocksc::ModelOptions options;
  options.lags = mocksc::Lags::none();
  return options;
}

/// How fast a region's own registry is read, and what that costs it.
struct CatalogReading : testing::Test {
  void run_for(Duration time) { world.run_for(time); }
  bool exports(const std::string& instance) {
    for (const ExportChange& change : driver->catalog().take_exports()) {
      const auto record = registry::decode_key(change.key);
      if (record->kind != registry::RecordKind::Instance) continue;
      if (change.payload)
        exported.insert(record->id);
      else
        exported.erase(record->id);
    }
    return exported.contains(instance);
  }
  /// Time until the instance is exported, or is not any more; `limit` when that takes longer.
  Duration time_until(bool present, const std::string& instance, Duration limit) {
    const Instant begin = world.now();
    while (exports(instance) != present && world.now() < begin + limit) run_for(5ms);
    return world.now() - begin;
  }
  void add_services(int services, int instances_each) {
    for (int s = 0; s < services; ++s) {
      const std::string service = "service-" + std::to_string(s);
      const std::string id = world.service_id(service);
      for (int i = 0; i < instances_each; ++i) {
        const std::string name = service + "-" + std::to_string(i);
        world.ask("POST", "/v4/default/registry/microservices/" + id + "/instances",
                  R"({"instance":{"instanceId":")" + name + R"(","hostName":"h","endpoints":["rest://10.0.0.1:1"],)" +
                      R"("healthCheck":{"mode":"push","interval":3600,"times":23}}})");
      }
    }
  }
  void start() { driver = std::make_unique<CatalogDriver>(catalog_config_of("east"), world); }
  /// What a second costs from now on, on average.
  struct Cost {
    double requests = 0;
    double bytes = 0;
  };
  Cost cost_over(Duration time) {
    driver->sent.clear();
    world.answered_bytes = 0;
    run_for(time);
    const auto seconds = static_cast<double>(time / 1s);
    std::size_t bytes = world.answered_bytes;
    for (const HttpRequest& request : driver->sent) bytes += request.target.size() + request.body.size();
    return {static_cast<double>(driver->sent.size()) / seconds, static_cast<double>(bytes) / seconds};
  }
  Duration read_interval() {
    RegistryStatus status;
    driver->catalog().fill(status);
    return status.read_interval;
  }

  RegistryWorld world{punctual()};
  std::unique_ptr<CatalogDriver> driver;
  std::set<std::string> exported;  ///< instances
};

TEST_F(CatalogReading, ASmallRegistryShowsNewsWithinAQuarterOfASecond) {
  world.add("cart", "i0", "rest://1:1");
  start();
  run_for(5s);
  EXPECT_EQ(read_interval(), 250ms);
  for (int i = 1; i <= 20; ++i) {  // at many phases of the interval, in known services and in new ones
    run_for(137ms);
    const std::string name = "i" + std::to_string(i);
    world.add(i % 2 == 0 ? "cart" : "cart-" + name, name, "rest://1:1");
    EXPECT_LE(time_until(true, name, 5s), 270ms) << name;
  }
}

TEST_F(CatalogReading, ARemovalCostsTheRegistrysOwnDelayAndLittleMore) {
  for (int i = 0; i < 40; ++i) world.add("cart", "i" + std::to_string(i), "rest://1:1");
  start();
  run_for(5s);
  for (int i = 0; i < 15; ++i) {
    run_for(1s + 137ms * i);
    const std::string name = "i" + std::to_string(i);
    world.remove("cart", name);
    EXPECT_LE(time_until(false, name, 9s), 2300ms + 280ms) << name;
  }
}

TEST_F(CatalogReading, IsNotCompleteWhileNoFindIsAnswered) {
  world.add("cart", "i1", "rest://1:1");
  mocksc::Fault fault;
  fault.kind = mocksc::FaultKind::Fail;
  fault.failures = {mocksc::Failure{}};
  fault.operations = {"batch_find"};
  const auto id = world.center.start(world.now(), fault);
  start();
  run_for(20s);
  EXPECT_FALSE(driver->catalog().view_complete());
  EXPECT_FALSE(driver->catalog().pending().empty());
  world.center.stop(world.now(), id);
  run_for(5s);
  EXPECT_TRUE(driver->catalog().view_complete());
  EXPECT_TRUE(driver->catalog().pending().empty());
}

TEST_F(CatalogReading, ASlowRegistryIsAskedLessOften) {
  world.add("cart", "i1", "rest://1:1");
  start();
  run_for(5s);
  mocksc::Fault slow;
  slow.kind = mocksc::FaultKind::Slow;
  slow.latency_min = slow.latency_max = 500ms;
  world.center.start(world.now(), slow);
  run_for(10s);
  EXPECT_GE(read_interval(), 1500ms);
  EXPECT_LE(cost_over(60s).requests, 2.0);
  world.center.stop_all(world.now());
  run_for(10s);
  EXPECT_EQ(read_interval(), 250ms);
}

TEST_F(CatalogReading, TwentyThousandServicesAreReadInParts) {
  add_services(20'000, 1);
  start();
  run_for(60s);
  ASSERT_TRUE(driver->catalog().view_complete());
  const Cost rest = cost_over(60s);
  EXPECT_LE(rest.requests, 10.0);
  EXPECT_LE(rest.bytes, 1e6);
  EXPECT_LE(read_interval(), 8s);

  world.add("service-777", "late", "rest://1:1");
  EXPECT_LE(time_until(true, "late", 30s), 8500ms);
  world.add("brand-new", "first", "rest://1:1");
  EXPECT_LE(time_until(true, "first", 30s), 8500ms);
  // What changed lately is looked at again soon.
  for (const char* name : {"second", "third", "fourth", "fifth"}) {
    run_for(1s);
    world.add("brand-new", name, "rest://1:1");
    EXPECT_LE(time_until(true, name, 30s), 600ms) << name;
  }
}

/// A registration, its own included, may show only in the second reading; the next leader waits for that.
TEST(CatalogStart, ALargeRegistryIsKnownSoonAfterTheStart) {
  RegistryWorld world;
  for (int i = 0; i < 5000; ++i) world.service_id("service-" + std::to_string(i));
  CatalogDriver driver(catalog_config_of("east"), world);
  world.run_for(2s);
  EXPECT_TRUE(driver.catalog().view_complete());
  world.run_for(60s);
  driver.sent.clear();
  world.run_for(10s);
  EXPECT_LE(driver.sent.size(), 100U) << "once it is known it is spared";
}

/// The first reading may lack our own registration. With a list of two megabytes and so many instances none of its
/// parts would be read again within two seconds.
TEST_F(CatalogReading, ACostlyRegistryIsKnownSoonAfterTheStart) {
  const std::string text(5000, 'x');
  for (int s = 0; s < 400; ++s) {
    world.ask("POST", "/v4/default/registry/microservices",
              R"({"service":{"appId":"shop","serviceName":"service-)" + std::to_string(s) +
                  R"(","version":"1.0.0","properties":{"text":")" + text + R"("}}})");
  }
  add_services(400, 100);
  start();
  run_for(900ms);
  EXPECT_TRUE(driver->catalog().view_complete());
}

TEST_F(CatalogReading, TenThousandInstancesInFewServicesCostLittleAtRest) {
  add_services(10, 1000);
  start();
  run_for(30s);
  ASSERT_TRUE(driver->catalog().view_complete());
  const Cost rest = cost_over(60s);
  EXPECT_LE(rest.requests, 5.0);
  EXPECT_LE(rest.bytes, 50e3);
  world.add("service-3", "late", "rest://1:1");
  EXPECT_LE(time_until(true, "late", 30s), 600ms);
}

TEST_F(CatalogReading, ServicesWithoutContractsAreAskedForNoneAndNotFollowed) {
  add_services(5, 1);
  start();
  run_for(10s);
  EXPECT_TRUE(driver->catalog().view_complete());
  EXPECT_EQ(driver->catalog().sizes().driver.followed, 0U);
}

/// The first reading goes past all caches, and shows what the lists after it do not show yet.
TEST(LateLists, AreNotWrongWhileTheyCannotKnowBetter) {
  RegistryWorld world;
  world.add("cart", "i0", "rest://10.0.0.1:1");
  world.run_for(10s);
  world.add("cart", "i1", "rest://10.0.0.1:2");
  CatalogDriver driver(catalog_config_of("east"), world);
  world.run_for(3s);
  EXPECT_EQ(driver.catalog().exported().size(), 3U);
  EXPECT_EQ(driver.events().count(EventKind::RegistryRefusal), 0);
}

}  // namespace
}  // namespace syncer::catalog
