// SPDX-License-Identifier: Apache-2.0
// A service center goes on listing what is removed when four in five of its instances go at once.
#include <gtest/gtest.h>

#include <algorithm>

#include "syncer/registry/record.h"
#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;

struct HiddenRemovals : testing::Test {
  /// Instances "i0" and so on, by turns of four services, with a lease of so many times four seconds.
  void add(int from, int until, int quarter_lease = 30) {
    for (int n = from; n < until; ++n) {
      world.add("cart" + std::to_string(n % 4), "i" + std::to_string(n), "rest://10.0.0.1:" + std::to_string(8000 + n),
                R"({"hostName":"h)" + std::to_string(n) + R"(","healthCheck":{"mode":"push","times":3,"interval":)" +
                    std::to_string(quarter_lease) + "}}");
    }
  }
  void remove(int from, int until) {
    for (int n = from; n < until; ++n) world.remove("cart" + std::to_string(n % 4), "i" + std::to_string(n));
  }
  /// Of all instances that there may be.
  void beat(int instances) {
    for (int n = 0; n < instances; ++n) {
      world.ask("PUT", "/v4/default/registry/microservices/" + world.service_id("cart" + std::to_string(n % 4)) +
                           "/instances/i" + std::to_string(n) + "/heartbeat");
    }
  }
  std::size_t listed() {
    std::size_t count = 0;
    for (int service = 0; service < 4; ++service) {
      const std::string list =
          world
              .ask("GET",
                   "/v4/default/registry/instances?appId=shop&version=0%2B&serviceName=cart" + std::to_string(service))
              .body;
      for (std::size_t at = 0; (at = list.find(R"("instanceId")", at)) != std::string::npos; ++at) ++count;
    }
    return count;
  }
  std::set<std::string> exported() {
    std::set<std::string> ids;
    for (const auto& [key, payload] : driver.catalog().exported()) {
      const auto record = registry::decode_key(key);
      if (record->kind == registry::RecordKind::Instance) ids.insert(record->id);
    }
    return ids;
  }
  Duration time_until_exported(std::size_t count) {
    const Instant begin = world.now();
    while (exported().size() != count && world.now() < begin + 30s) world.run_for(10ms);
    return world.now() - begin;
  }
  std::size_t reads_past_caches(Duration time) {
    driver.sent.clear();
    world.run_for(time);
    return static_cast<std::size_t>(std::count_if(driver.sent.begin(), driver.sent.end(), [](const HttpRequest& one) {
      return one.target.find("type=query") != std::string::npos && one.target.find("noCache=1") != std::string::npos;
    }));
  }
  int alarms() { return driver.events().count(EventKind::GuardTripped); }

  RegistryWorld world;
  CatalogDriver driver{catalog_config_of("east"), world};
};

TEST_F(HiddenRemovals, OfNearlyAllAreFoundThoughTheyAreListed) {
  add(0, 24);
  world.run_for(10s);
  ASSERT_EQ(exported().size(), 24U);
  remove(0, 22);
  EXPECT_LE(time_until_exported(2), 4s);
  EXPECT_EQ(listed(), 24U);
  EXPECT_EQ(alarms(), 0);
  world.run_for(20s);
  EXPECT_EQ(exported(), (std::set<std::string>{"i22", "i23"})) << "what lists go on showing is not told again";
}

TEST_F(HiddenRemovals, MeanwhileAreFoundAsSoon) {
  add(0, 24);
  world.run_for(10s);
  remove(0, 20);
  ASSERT_LE(time_until_exported(4), 4s);
  world.run_for(20s);
  remove(20, 21);
  EXPECT_LE(time_until_exported(3), 2s);
  EXPECT_GT(listed(), 20U);
  add(30, 31);
  EXPECT_LE(time_until_exported(4), 2s) << "and so are registrations";
}

TEST_F(HiddenRemovals, AreLookedForOnlyAsLongAsTheyMayBeListed) {
  add(0, 24);
  world.run_for(10s);
  EXPECT_EQ(reads_past_caches(10s), 0U);
  remove(0, 20);
  world.run_for(10s);
  EXPECT_GE(reads_past_caches(10s), 8U);
  for (int i = 0; i < 6; ++i) {
    world.run_for(20s);
    beat(24);
  }
  EXPECT_EQ(reads_past_caches(10s), 0U);
  EXPECT_EQ(exported().size(), 4U);
}

TEST_F(HiddenRemovals, OfATimeBeforeTheStartAreNotTold) {
  add(0, 24);
  world.run_for(10s);
  remove(0, 22);
  driver.crash(2);
  for (int i = 0; i < 30; ++i) {
    world.run_for(100ms);
    ASSERT_LE(exported().size(), 2U);
  }
  EXPECT_EQ(exported(), (std::set<std::string>{"i22", "i23"}));
  EXPECT_EQ(listed(), 24U);
  remove(22, 23);
  EXPECT_LE(time_until_exported(1), 3s);
}

TEST_F(HiddenRemovals, ByAnExpiryAreHeldForTheLeaseAndNoLonger) {
  add(0, 24, 5);
  for (int i = 0; i < 6; ++i) {
    world.run_for(5s);
    beat(24);
  }
  world.run_for(24s);
  EXPECT_EQ(exported().size(), 24U);
  EXPECT_EQ(alarms(), 1);
  EXPECT_LE(time_until_exported(0), 21s);
}

/// The list goes on showing the copies, which are not there to be removed once more.
TEST_F(HiddenRemovals, OfCopiesAreNotMadeAgainAndAgain) {
  world.run_for(3s);
  driver.catalog().region_state(world.now(), "west", true, true, true);
  std::vector<RemoteInstance> records;
  for (int i = 0; i < 30; ++i) {
    records.push_back(remote_instance("cart", "i" + std::to_string(i), "rest://1:" + std::to_string(8000 + i)));
    driver.catalog().desire(world.now(), "west", records.back().service_key, records.back().service_payload, {1, 1});
    driver.catalog().desire(world.now(), "west", records.back().key, records.back().payload, {1, 1});
  }
  world.run_for(20s);
  ASSERT_EQ(world.copies("west").size(), 30U);
  driver.sent.clear();
  for (const RemoteInstance& record : records) driver.catalog().release(world.now(), "west", record.key, true);
  world.run_for(60s);
  EXPECT_EQ(world.copies("west").size(), 0U);
  EXPECT_EQ(listed(), 0U);
  const auto removals = std::count_if(driver.sent.begin(), driver.sent.end(),
                                      [](const HttpRequest& request) { return request.method == "DELETE"; });
  EXPECT_LE(removals, 60);
}

}  // namespace
}  // namespace syncer::catalog
