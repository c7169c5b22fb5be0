// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;
using mocksc::Fault;
using mocksc::FaultKind;

TEST(SharedRegistry, IsNoticedByBothAndStopsTheirWriting) {
  RegistryWorld world;
  world.add("cart", "i1", "rest://1:1");
  CatalogDriver east(catalog_config_of("east"), world);
  CatalogDriver west(catalog_config_of("west"), world);
  world.run_for(5s);
  EXPECT_NE(east.catalog().conflict().find("west"), std::string::npos);
  EXPECT_NE(west.catalog().conflict().find("east"), std::string::npos);
  EXPECT_FALSE(east.catalog().view_complete());
  EXPECT_EQ(east.events().count(EventKind::RegistryShared), 1);
  const auto record = remote_instance("cart", "i1", "rest://1:1");
  east.catalog().region_state(world.now(), "west", true, true, true);
  east.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
  east.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
  world.run_for(10s);
  EXPECT_TRUE(world.copies("west").empty());
}

TEST(SharedRegistry, IsForgottenWhenTheOtherOneLeaves) {
  RegistryWorld world;
  CatalogDriver east(catalog_config_of("east"), world);
  CatalogDriver west(catalog_config_of("west"), world);
  world.run_for(5s);
  west.catalog().withdraw(world.now());
  world.run_for(6s);
  EXPECT_TRUE(west.catalog().withdrawn());
  EXPECT_EQ(east.catalog().conflict(), "");
  EXPECT_TRUE(east.catalog().view_complete());
}

TEST(SharedRegistry, IsNoConflictWithOurOwnEarlierRun) {
  RegistryWorld world;
  CatalogDriver east(catalog_config_of("east"), world);
  world.run_for(5s);
  east.crash(2);
  world.run_for(5s);
  EXPECT_EQ(east.catalog().conflict(), "");
  EXPECT_TRUE(east.catalog().view_complete());
  EXPECT_TRUE(east.catalog().healthy());
}

TEST(SharedRegistry, ByTwoNodesOfOneSingleRegionIsAConflict) {
  RegistryWorld world;
  CatalogConfig twin = catalog_config_of("east");
  twin.node = "east-n2";
  CatalogDriver first(catalog_config_of("east"), world);
  CatalogDriver second(twin, world);
  world.run_for(5s);
  EXPECT_NE(first.catalog().conflict(), "");
  EXPECT_NE(second.catalog().conflict(), "");
}

TEST(SharedRegistry, ByTheNextLeaderOfAClusterIsNone) {
  RegistryWorld world;
  CatalogConfig config = catalog_config_of("east");
  config.single = false;
  CatalogDriver first(config, world);
  world.run_for(5s);
  first.catalog().set_writer(world.now(), std::nullopt);
  config.node = "east-n2";
  CatalogDriver second(config, world);
  world.run_for(5s);
  EXPECT_EQ(second.catalog().conflict(), "");
  EXPECT_TRUE(second.catalog().view_complete());
}

TEST(SharedRegistry, WithCopiesOfOurOwnRegionIsAConflict) {
  RegistryWorld world;
  world.add("cart", copy_id("c1"), "rest://1:1", R"({"properties":{"syncer.region":"east","syncer.instance":"i1"}})");
  CatalogDriver east(catalog_config_of("east"), world);
  world.run_for(5s);
  EXPECT_NE(east.catalog().conflict(), "");
  EXPECT_FALSE(east.catalog().view_complete());
  world.remove("cart", copy_id("c1"));
  world.run_for(6s);
  EXPECT_EQ(east.catalog().conflict(), "");
}

TEST(SharedRegistry, IsNotWhatAnApplicationSaysItIs) {
  RegistryWorld world;
  CatalogDriver east(catalog_config_of("east"), world);
  world.add("cart", "a1", "rest://1:1", R"({"properties":{"syncer.region":"east","syncer.instance":"x"}})");
  world.add("cart", "a2", "rest://1:2", R"({"properties":{"syncer.canary":"west","syncer.node":"w"}})");
  world.add("SYNCER", "a3", "rest://1:3", R"({"properties":{"syncer.canary":"west","syncer.node":"w"}})");
  world.run_for(10s);
  EXPECT_EQ(east.catalog().conflict(), "");
  EXPECT_TRUE(east.catalog().view_complete());
  RegistryStatus status;
  east.catalog().fill(status);
  EXPECT_EQ(status.exported, 2U);
}

TEST(RegistryAddresses, SayEachReasonWhyTheRegistryIsDownOnce) {
  RegistryWorld world;
  CatalogDriver east(catalog_config_of("east"), world);
  world.run_for(5s);
  Fault refused;
  const auto first = world.center.start(world.now(), refused);
  world.run_for(20s);
  EXPECT_EQ(east.events().count(EventKind::RegistryDown), 1);
  const std::string reason = east.events().reason(EventKind::RegistryDown);
  Fault failing;
  failing.kind = FaultKind::Fail;
  mocksc::Failure failure;
  failure.kind = mocksc::Failure::Kind::Status;
  failure.status = 503;
  failing.failures = {failure};
  world.center.stop(world.now(), first);
  world.center.start(world.now(), failing);
  world.run_for(20s);
  EXPECT_EQ(east.events().count(EventKind::RegistryDown), 2);
  EXPECT_NE(east.events().reason(EventKind::RegistryDown), reason);
  RegistryStatus status;
  east.catalog().fill(status);
  EXPECT_NE(status.problem.find("503"), std::string::npos) << status.problem;
}

TEST(RegistryAddresses, FailOverAndComeBackToThePreferredOne) {
  mocksc::ModelOptions options;
  options.frontends = {"rest://sc-0:30100/", "rest://sc-1:30100/"};
  RegistryWorld world(options);
  world.add("cart", "i1", "rest://1:1");
  CatalogDriver east(catalog_config_of("east"), world);
  world.run_for(5s);
  Fault outage;
  outage.frontend = 0;
  const auto id = world.center.start(world.now(), outage);
  world.run_for(30s);
  RegistryStatus status;
  east.catalog().fill(status);
  EXPECT_EQ(status.address, "http://sc-1");
  EXPECT_TRUE(status.reachable);
  EXPECT_EQ(status.exported, 1U);
  EXPECT_EQ(east.events().count(EventKind::RegistryDown), 0);
  world.center.stop(world.now(), id);
  world.run_for(30s);
  east.catalog().fill(status);
  EXPECT_EQ(status.address, "http://sc-0");
  EXPECT_EQ(east.events().count(EventKind::RegistryFailover), 2);
}

TEST(CatalogState, IsTheSameForTheSameSeed) {
  std::set<std::uint64_t> digests;
  for (int round = 0; round < 2; ++round) {
    RegistryWorld world;
    world.add("cart", "i1", "rest://1:1");
    CatalogDriver east(catalog_config_of("east"), world);
    world.run_for(10s);
    StateHasher hasher;
    east.catalog().hash(hasher);
    digests.insert(hasher.digest());
  }
  EXPECT_EQ(digests.size(), 1U);
}

}  // namespace
}  // namespace syncer::catalog
