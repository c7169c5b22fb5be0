// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

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

/// How fast copies get into a registry, by what it takes.
struct CatalogWriting : testing::Test {
  void want(int copies) {
    world.run_for(3s);
    driver.catalog().region_state(world.now(), "west", true, true, true);
    for (int i = 0; i < copies; ++i) {
      const RemoteInstance record =
          remote_instance("service-" + std::to_string(i % 20), "i" + std::to_string(i), "rest://1:1");
      driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
      driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
    }
    driver.sent.clear();
  }
  /// Time until so many copies are there; `limit` when that takes longer.
  Duration time_until(std::size_t copies, Duration limit) {
    const Instant begin = world.now();
    while (world.copies("west").size() < copies && world.now() < begin + limit) world.run_for(200ms);
    return world.now() - begin;
  }
  std::size_t writes() const {
    return static_cast<std::size_t>(std::count_if(driver.sent.begin(), driver.sent.end(), [](const auto& request) {
      return request.method == "POST" && request.target.ends_with("/instances");
    }));
  }

  RegistryWorld world{punctual()};
  CatalogDriver driver{catalog_config_of("east"), world};
};

TEST_F(CatalogWriting, AColdStartGoesAsFastAsTheRegistryTakesIt) {
  want(6000);
  EXPECT_LE(time_until(6000, 60s), 3s);
  EXPECT_EQ(writes(), 6000U);
}

TEST_F(CatalogWriting, AServiceThatIsRefusedIsNobodysTroubleOnceNobodyWantsIt) {
  world.run_for(3s);
  Catalog& catalog = driver.catalog();
  catalog.region_state(world.now(), "west", true, true, true);
  const auto record = remote_instance("cart:1", "i1", "rest://1:1");
  const auto status = [&] {
    RegistryStatus status;
    catalog.fill(status);
    return status;
  };
  catalog.desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
  catalog.desire(world.now(), "west", record.key, record.payload, {1, 1});
  world.run_for(20s);
  EXPECT_EQ(status().failing.size(), 1U);
  EXPECT_EQ(catalog.sizes().driver.preparations, 1U);
  catalog.release(world.now(), "west", record.key, true);
  catalog.release(world.now(), "west", record.service_key, true);
  world.run_for(20s);
  EXPECT_TRUE(status().failing.empty()) << status().failing.front();
  EXPECT_EQ(catalog.sizes().driver.preparations, 0U);
  EXPECT_EQ(catalog.sizes().driver.preparation_timers, 0U);
  // It is prepared anew when somebody wants it again.
  catalog.desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
  catalog.desire(world.now(), "west", record.key, record.payload, {1, 1});
  world.run_for(20s);
  EXPECT_EQ(status().failing.size(), 1U);
}

TEST_F(CatalogWriting, AnOverloadedRegistryIsNotFlooded) {
  mocksc::Fault limit;
  limit.kind = mocksc::FaultKind::Limit;
  limit.rps = 200;
  world.center.start(world.now(), limit);
  want(1000);
  EXPECT_LE(time_until(1000, 60s), 20s);
  EXPECT_LE(writes(), 2'500U);
}

TEST_F(CatalogWriting, ASlowRegistryIsWrittenWithAllPlacesAndNoMore) {
  mocksc::Fault slow;
  slow.kind = mocksc::FaultKind::Slow;
  slow.latency_min = slow.latency_max = 100ms;
  world.center.start(world.now(), slow);
  want(500);
  EXPECT_LE(time_until(500, 60s), 8s);  // 14 at a time
  EXPECT_EQ(writes(), 500U);
}

}  // namespace
}  // namespace syncer::catalog
