// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;
using mocksc::Fault;
using mocksc::FaultKind;

const Instant kStart = instant(1'000'000'000);

TEST(SharedRegistry, IsNoticedByBothAndStopsTheirWriting) {
  Instant now = kStart;
  RegistryWorld world;
  world.add(now, "cart", "i1", "rest://1:1");
  CatalogDriver east(catalog_config_of("east"), world, now);
  CatalogDriver west(catalog_config_of("west"), world, now);
  run(now, 5s, {&east, &west}, {&world});
  EXPECT_NE(east.catalog().conflict().find("west"), std::string::npos);
  EXPECT_NE(west.catalog().conflict().find("east"), std::string::npos);
  EXPECT_FALSE(east.catalog().view_complete());
  EXPECT_EQ(east.events().count(EventKind::RegistryShared), 1);
  const auto record = remote_instance("cart", "i1", "rest://1:1");
  east.catalog().region_state(now, "west", true, true, true);
  east.catalog().desire(now, "west", record.service_key, record.service_payload, {1, 1});
  east.catalog().desire(now, "west", record.key, record.payload, {1, 1});
  run(now, 10s, {&east, &west}, {&world});
  EXPECT_TRUE(world.copies("west").empty());
}

TEST(SharedRegistry, IsForgottenWhenTheOtherOneLeaves) {
  Instant now = kStart;
  RegistryWorld world;
  CatalogDriver east(catalog_config_of("east"), world, now);
  CatalogDriver west(catalog_config_of("west"), world, now);
  run(now, 5s, {&east, &west}, {&world});
  west.catalog().withdraw(now);
  run(now, 6s, {&east, &west}, {&world});
  EXPECT_TRUE(west.catalog().withdrawn());
  EXPECT_EQ(east.catalog().conflict(), "");
  EXPECT_TRUE(east.catalog().view_complete());
}

TEST(SharedRegistry, IsNoConflictWithOurOwnEarlierRun) {
  Instant now = kStart;
  RegistryWorld world;
  CatalogDriver east(catalog_config_of("east"), world, now);
  run(now, 5s, {&east}, {&world});
  east.crash(now, 2);
  run(now, 5s, {&east}, {&world});
  EXPECT_EQ(east.catalog().conflict(), "");
  EXPECT_TRUE(east.catalog().view_complete());
  EXPECT_TRUE(east.catalog().healthy());
}

TEST(SharedRegistry, ByTwoNodesOfOneSingleRegionIsAConflict) {
  Instant now = kStart;
  RegistryWorld world;
  CatalogConfig twin = catalog_config_of("east");
  twin.node = "east-n2";
  CatalogDriver first(catalog_config_of("east"), world, now);
  CatalogDriver second(twin, world, now);
  run(now, 5s, {&first, &second}, {&world});
  EXPECT_NE(first.catalog().conflict(), "");
  EXPECT_NE(second.catalog().conflict(), "");
}

TEST(SharedRegistry, ByTheNextLeaderOfAClusterIsNone) {
  Instant now = kStart;
  RegistryWorld world;
  CatalogConfig config = catalog_config_of("east");
  config.single = false;
  CatalogDriver first(config, world, now);
  run(now, 5s, {&first}, {&world});
  first.catalog().set_writer(now, std::nullopt);
  config.node = "east-n2";
  CatalogDriver second(config, world, now);
  run(now, 5s, {&first, &second}, {&world});
  EXPECT_EQ(second.catalog().conflict(), "");
  EXPECT_TRUE(second.catalog().view_complete());
}

TEST(SharedRegistry, WithCopiesOfOurOwnRegionIsAConflict) {
  Instant now = kStart;
  RegistryWorld world;
  world.add(now, "cart", "c1", "rest://1:1", R"({"properties":{"syncer.region":"east","syncer.instance":"i1"}})");
  CatalogDriver east(catalog_config_of("east"), world, now);
  run(now, 5s, {&east}, {&world});
  EXPECT_NE(east.catalog().conflict(), "");
  EXPECT_FALSE(east.catalog().view_complete());
  world.remove(now, "cart", "c1");
  run(now, 6s, {&east}, {&world});
  EXPECT_EQ(east.catalog().conflict(), "");
}

TEST(RegistryAddresses, FailOverAndComeBackToThePreferredOne) {
  Instant now = kStart;
  mocksc::ModelOptions options;
  options.frontends = {"rest://sc-0:30100/", "rest://sc-1:30100/"};
  RegistryWorld world(options);
  world.add(now, "cart", "i1", "rest://1:1");
  CatalogDriver east(catalog_config_of("east"), world, now);
  run(now, 5s, {&east}, {&world});
  Fault outage;
  outage.frontend = 0;
  const auto id = world.center.start(now, outage);
  run(now, 30s, {&east}, {&world});
  RegistryStatus status;
  east.catalog().fill(status);
  EXPECT_EQ(status.address, "http://sc-1");
  EXPECT_TRUE(status.reachable);
  EXPECT_EQ(status.exported, 1U);
  EXPECT_EQ(east.events().count(EventKind::RegistryDown), 0);
  world.center.stop(now, id);
  run(now, 30s, {&east}, {&world});
  east.catalog().fill(status);
  EXPECT_EQ(status.address, "http://sc-0");
  EXPECT_EQ(east.events().count(EventKind::RegistryFailover), 2);
}

TEST(CatalogState, IsTheSameForTheSameSeed) {
  std::set<std::uint64_t> digests;
  for (int round = 0; round < 2; ++round) {
    Instant now = kStart;
    RegistryWorld world;
    world.add(now, "cart", "i1", "rest://1:1");
    CatalogDriver east(catalog_config_of("east"), world, now);
    run(now, 10s, {&east}, {&world});
    StateHasher hasher;
    east.catalog().hash(hasher);
    digests.insert(hasher.digest());
  }
  EXPECT_EQ(digests.size(), 1U);
}

}  // namespace
}  // namespace syncer::catalog
