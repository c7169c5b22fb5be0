// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/record.h"
#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;
using mocksc::Fault;
using mocksc::FaultKind;

struct CatalogExport : testing::Test {
  void run_for(Duration time) { world.run_for(time); }
  /// Exported instances.
  std::set<std::string> exported() {
    std::set<std::string> ids;
    for (const auto& [key, payload] : driver.catalog().exported()) {
      const auto record = registry::decode_key(key);
      if (record->kind == registry::RecordKind::Instance) ids.insert(record->id);
    }
    return ids;
  }
  void break_reads(FaultKind kind, Ratio keep = {0, 1}) {
    Fault fault;
    fault.kind = kind;
    fault.keep = keep;
    world.center.start(world.now(), fault);
  }

  RegistryWorld world;
  CatalogDriver driver{catalog_config_of("east"), world};
};

TEST_F(CatalogExport, TellsNativeInstancesTheirServicesAndContracts) {
  world.add("cart", "i1", "rest://1:1");
  world.ask("PUT", "/v4/default/registry/microservices/" + world.service_id("cart") + "/schemas/hello",
            R"({"schema":"text","summary":"f0"})");
  run_for(3s);
  EXPECT_TRUE(driver.catalog().view_complete());
  EXPECT_EQ(exported(), std::set<std::string>{"i1"});
  EXPECT_EQ(driver.catalog().exported().size(), 3U);
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(CatalogExport, TellsAContractThatIsChangedInPlaceWithinHalfAMinute) {
  world.add("cart", "i1", "rest://1:1");
  const std::string path = "/v4/default/registry/microservices/" + world.service_id("cart") + "/schemas/hello";
  world.ask("PUT", path, R"({"schema":"text","summary":"f0"})");
  run_for(10s);
  driver.catalog().take_exports();
  world.ask("PUT", path, R"({"schema":"other","summary":"f0"})");
  run_for(25s);
  const auto changes = driver.catalog().take_exports();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_NE(changes[0].payload->find("other"), std::string::npos);
}

TEST_F(CatalogExport, IsNotCompleteBeforeTheRegistryWasRead) {
  Fault outage;
  outage.kind = FaultKind::Outage;
  const auto id = world.center.start(world.now(), outage);
  run_for(20s);
  EXPECT_FALSE(driver.catalog().view_complete());
  EXPECT_EQ(driver.events().count(EventKind::RegistryDown), 1);
  world.center.stop(world.now(), id);
  run_for(3s);
  EXPECT_TRUE(driver.catalog().view_complete());
}

TEST_F(CatalogExport, NeverTellsCopiesNorTheRegistryItselfNorSyncers) {
  world.add("cart", copy_id("c1"), "rest://9:9", R"({"properties":{"syncer.region":"west","syncer.instance":"i9"}})");
  run_for(3s);
  EXPECT_TRUE(driver.catalog().view_complete());
  EXPECT_TRUE(driver.catalog().exported().empty());
}

TEST_F(CatalogExport, KeepsExcludedServicesAtHome) {
  for (const char* service : {"SERVICECENTER", "KIE", "CseConfigCenter", "CseMonitoring", "SYNCER"}) {
    world.add(service, std::string("of-") + service, "rest://1:1");
  }
  world.add("KIE-client", "i1", "rest://1:2");
  run_for(3s);
  EXPECT_EQ(exported(), std::set<std::string>{"i1"});
}

TEST(CatalogExcludes, WhatTheOperatorNames) {
  RegistryWorld world;
  CatalogConfig config = catalog_config_of("east");
  config.registry.excluded_services = {"cart"};
  CatalogDriver driver(config, world);
  world.add("cart", "i1", "rest://1:1");
  world.add("KIE", "i2", "rest://1:2");
  world.run_for(3s);
  std::set<std::string> services;
  for (const auto& [key, payload] : driver.catalog().exported())
    services.insert(registry::decode_key(key)->service.name);
  EXPECT_EQ(services, std::set<std::string>{"KIE"});
  RegistryStatus status;
  driver.catalog().fill(status);
  EXPECT_EQ(status.excluded_services, std::vector<std::string>{"cart"});
}

TEST_F(CatalogExport, SaysAtHomeThatAnInstanceHasNoRoomForItsMarks) {
  const auto properties = [](std::size_t size) {
    return R"({"properties":{"big":")" + std::string(size, 'x') + R"("}})";
  };
  world.add("cart", "i1", "rest://1:1", properties(4850));
  world.add("cart", "i2", "rest://1:2", properties(4000));
  run_for(3s);
  EXPECT_EQ(exported(), std::set<std::string>{"i2"});
  EXPECT_EQ(driver.events().count(EventKind::ExportRefused), 1);
  RegistryStatus status;
  driver.catalog().fill(status);
  ASSERT_EQ(status.unfit.size(), 1U);
  EXPECT_NE(status.unfit[0].find("i1"), std::string::npos) << status.unfit[0];
  world.remove("cart", "i1");
  run_for(6s);
  driver.catalog().fill(status = {});
  EXPECT_TRUE(status.unfit.empty());
}

TEST_F(CatalogExport, TellsAChangeOnceAndAsTheLatest) {
  world.add("cart", "i1", "rest://1:1");
  run_for(3s);
  driver.catalog().take_exports();
  const std::string path = "/v4/default/registry/microservices/" + world.service_id("cart") + "/instances/i1";
  world.ask("PUT", path + "/status?value=DOWN");
  run_for(3s);
  const auto changes = driver.catalog().take_exports();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(registry::decode_record(*changes[0].payload)->instance.status, registry::Status::Down);
  EXPECT_TRUE(driver.catalog().take_exports().empty());
}

TEST_F(CatalogExport, TellsARemovalWhenTheRegistryConfirmsIt) {
  world.add("cart", "i1", "rest://1:1");
  world.add("cart", "i2", "rest://1:2");
  run_for(3s);
  world.remove("cart", "i1");
  run_for(6s);
  EXPECT_EQ(exported(), std::set<std::string>{"i2"});
}

TEST_F(CatalogExport, ForgetsTheServiceWithItsLastInstance) {
  world.add("cart", "i1", "rest://1:1");
  run_for(3s);
  world.remove("cart", "i1");
  run_for(6s);
  EXPECT_TRUE(driver.catalog().exported().empty());
}

TEST_F(CatalogExport, DoesNotBelieveAnEmptyListWithASuccessCode) {
  for (int i = 0; i < 10; ++i) world.add("cart", "i" + std::to_string(i), "rest://1:" + std::to_string(i));
  run_for(3s);
  break_reads(FaultKind::ListEmpty);
  run_for(30s);
  EXPECT_EQ(exported().size(), 10U);
  world.center.stop_all(world.now());
  run_for(15s);
  EXPECT_EQ(exported().size(), 10U);
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(CatalogExport, DoesNotBelieveAPartialList) {
  for (int i = 0; i < 10; ++i) {
    world.add("cart" + std::to_string(i % 3), "i" + std::to_string(i), "rest://1:" + std::to_string(i));
  }
  run_for(3s);
  break_reads(FaultKind::ListPartial, {1, 2});
  run_for(30s);
  EXPECT_EQ(exported().size(), 10U);
  world.center.stop_all(world.now());
  run_for(15s);
  EXPECT_EQ(exported().size(), 10U);
}

TEST_F(CatalogExport, NeverRemovesBecauseOfAnOutage) {
  world.add("cart", "i1", "rest://1:1");
  run_for(3s);
  for (const auto mode : {mocksc::OutageMode::Refuse, mocksc::OutageMode::Hang, mocksc::OutageMode::Reset}) {
    Fault fault;
    fault.mode = mode;
    world.center.start(world.now(), fault);
    run_for(60s);
    EXPECT_EQ(exported().size(), 1U);
    world.center.stop_all(world.now());
    run_for(5s);
    EXPECT_EQ(exported().size(), 1U);
  }
}

TEST_F(CatalogExport, CostsTwoRequestsAPollWhenNothingChanges) {
  for (int i = 0; i < 50; ++i) world.add("cart" + std::to_string(i), "i", "rest://1:1");
  run_for(5s);
  driver.sent.clear();
  run_for(10s);
  EXPECT_LE(driver.sent.size(), 2U * 40U + 4U + 14U) << "and one entry is asked for every three readings";
}

TEST_F(CatalogExport, SurvivesAnswersThatAreCutOrNoJson) {
  world.add("cart", "i1", "rest://1:1");
  run_for(3s);
  for (const auto kind : {mocksc::Failure::Kind::BadJson, mocksc::Failure::Kind::TruncatedBody}) {
    Fault fault;
    fault.kind = FaultKind::Fail;
    mocksc::Failure spoil;
    spoil.kind = kind;
    fault.failures = {spoil};
    world.center.start(world.now(), fault);
    run_for(10s);
    world.center.stop_all(world.now());
    run_for(3s);
    EXPECT_EQ(exported().size(), 1U);
  }
}

TEST_F(CatalogExport, AsksNothingWithoutBeingTheWriter) {
  run_for(3s);
  driver.catalog().set_writer(world.now(), std::nullopt);
  run_for(1s);
  driver.sent.clear();
  run_for(60s);
  EXPECT_TRUE(driver.sent.empty());
  EXPECT_FALSE(driver.catalog().view_complete());
}

}  // namespace
}  // namespace syncer::catalog
