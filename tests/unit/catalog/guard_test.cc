// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/record.h"
#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;
using mocksc::Fault;
using mocksc::FaultKind;
using registry::RecordKind;

/// Leases of two minutes that nobody renews would end within a test; here they last for a day, and what is held is held
/// for the bound of ten minutes.
constexpr Duration kBound = 10min;

struct Guarded : testing::Test {
  void run_for(Duration time) { world.run_for(time); }
  int alarms() { return driver.events().count(EventKind::GuardTripped); }
  GuardStatus held() {
    RegistryStatus status;
    driver.catalog().fill(status);
    return status.guard;
  }

  RegistryWorld world;
  CatalogDriver driver{catalog_config_of("east"), world};
};

/// The sender's side: what this region exports.
struct ExportGuarded : Guarded {
  std::set<std::string> exported(RecordKind kind = RecordKind::Instance) {
    std::set<std::string> ids;
    for (const auto& [key, payload] : driver.catalog().exported()) {
      const auto record = registry::decode_key(key);
      if (record->kind == kind) ids.insert(kind == RecordKind::Service ? record->service.name : record->id);
    }
    return ids;
  }
  /// Instance `n` of the five services, with an address of its own.
  void add(int n, const std::string& generation = "", const std::string& extra = "") {
    const std::string id = "i" + std::to_string(n) + generation;
    world.add("cart" + std::to_string(n % 5), id, "rest://10.0.0.1:" + std::to_string(8000 + n),
              extra.empty() ? R"({"hostName":")" + id + "\"}" : extra);
  }
  void remove(int n) { world.remove("cart" + std::to_string(n % 5), "i" + std::to_string(n)); }
  void beat(int n) {
    world.ask("PUT", "/v4/default/registry/microservices/" + world.service_id("cart" + std::to_string(n % 5)) +
                         "/instances/i" + std::to_string(n) + "/heartbeat");
  }
  void add_all(int count) {
    for (int n = 0; n < count; ++n) add(n);
    run_for(30s);
  }
};

// A service center goes on listing what is removed when four in five of its instances go at once; so many stay here.

TEST_F(ExportGuarded, LetsAnOrdinaryDayPassWithoutASign) {
  add_all(20);
  for (int n = 0; n < 12; ++n) {
    remove(n);
    run_for(n < 6 ? 5s : 100ms);
  }
  run_for(6s);
  EXPECT_EQ(exported().size(), 8U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ExportGuarded, KnowsTheAgeOfWhatItsFirstReadingShows) {
  for (int n = 0; n < 20; ++n) add(n);
  run_for(60s);
  driver.crash(2);
  run_for(5s);
  ASSERT_EQ(exported().size(), 20U);
  for (int n = 0; n < 20; ++n) {
    if (n % 5 < 3) remove(n);
  }
  run_for(6s);
  EXPECT_EQ(exported().size(), 8U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ExportGuarded, HoldsWhatAWipeTookAndSaysWhy) {
  add_all(5);
  world.center.lose_data(world.now());
  run_for(20s);
  EXPECT_EQ(exported().size(), 5U);
  EXPECT_EQ(alarms(), 1);
  EXPECT_EQ(held().memory_lost, 5U);
  EXPECT_TRUE(held().reason.starts_with("memory-lost: ")) << held().reason;
  for (const std::string& reason : driver.catalog().pending()) {
    EXPECT_EQ(reason.find("guard"), std::string::npos) << "said once, as what is wrong: " << reason;
  }
  for (int n = 0; n < 5; ++n) add(n);
  run_for(5s);
  EXPECT_EQ(exported().size(), 5U);
  EXPECT_EQ(held().held, 0U);
  EXPECT_EQ(driver.events().reason(EventKind::GuardReleased), "the entries are back");
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(ExportGuarded, TellsTheOtherRegionsWhileItHolds) {
  add_all(5);
  world.center.lose_data(world.now());
  run_for(10s);
  EXPECT_EQ(exported(RecordKind::Guard), std::set<std::string>{"holding"});
  for (int n = 0; n < 5; ++n) add(n);
  run_for(5s);
  EXPECT_TRUE(exported(RecordKind::Guard).empty());
}

TEST_F(ExportGuarded, NeverShowsOldAndNewWhenApplicationsComeBackUnderOtherIds) {
  add_all(20);
  world.center.lose_data(world.now());
  run_for(20s);
  EXPECT_EQ(exported().size(), 20U);
  for (int n = 0; n < 20; ++n) {
    add(n, "-new");
    run_for(300ms);
    EXPECT_EQ(exported().size(), 20U);
  }
  run_for(5s);
  EXPECT_EQ(exported().size(), 20U);
  EXPECT_TRUE(exported().contains("i0-new"));
  EXPECT_FALSE(exported().contains("i0"));
  EXPECT_EQ(held().held, 0U);
}

TEST_F(ExportGuarded, LetsHeldRemovalsGoWhenTheOperatorSaysSoAndTellsTheOtherRegions) {
  add_all(5);
  world.center.lose_data(world.now());
  run_for(10s);
  driver.catalog().release_guard(world.now(), "*");
  EXPECT_TRUE(exported().empty());
  EXPECT_EQ(exported(RecordKind::Guard), std::set<std::string>{"released"});
  run_for(61s);
  EXPECT_TRUE(exported(RecordKind::Guard).empty());
}

TEST_F(ExportGuarded, LetsGoWhatDoesNotComeBack) {
  add_all(5);
  world.center.lose_data(world.now());
  run_for(kBound - 10s);
  EXPECT_EQ(exported().size(), 5U);
  run_for(30s);
  EXPECT_TRUE(exported().empty());
}

TEST_F(ExportGuarded, HoldsWhatARestoredBackupLacksThoughTheCanaryIsInIt) {
  add_all(5);
  world.center.save(world.now(), "backup");
  for (int n = 5; n < 8; ++n) add(n);
  run_for(30s);
  ASSERT_TRUE(world.center.restore(world.now(), "backup"));
  run_for(10s);
  EXPECT_EQ(exported().size(), 8U);
  EXPECT_EQ(held().memory_lost, 3U);
}

TEST_F(ExportGuarded, IsNotDisturbedByAnOutageThatItsCanaryDoesNotOutlive) {
  add_all(20);
  Fault outage;
  const auto id = world.center.start(world.now(), outage);
  run_for(40s);
  for (int n = 0; n < 10; ++n) remove(n);
  run_for(1s);
  world.center.stop(world.now(), id);
  run_for(20s);
  EXPECT_EQ(exported().size(), 10U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ExportGuarded, GivesBackTheBeginningOfAWaveWithItsService) {
  const auto lease = [](int n) {
    return R"({"hostName":"h)" + std::to_string(n) + R"(","healthCheck":{"mode":"push","interval":30,"times":3}})";
  };
  for (int n = 0; n < 20; ++n) add(n, "", lease(n));
  run_for(100s);
  for (int n = 0; n < 20; ++n) {
    beat(n);
    run_for(1s);
  }
  run_for(108s);  // eight seconds after the first lease ended
  const std::size_t left = exported().size();
  EXPECT_LT(left, 20U);
  EXPECT_GT(left, 10U);
  EXPECT_EQ(alarms(), 0);
  run_for(20s);
  EXPECT_EQ(exported().size(), 20U);
  EXPECT_EQ(exported(RecordKind::Service).size(), 5U);
  EXPECT_EQ(held().mass_expiry, 20U);
  run_for(130s);
  EXPECT_TRUE(driver.catalog().exported().empty());
}

TEST_F(ExportGuarded, SaysWhenTheRegistryDoesNotProveHealthy) {
  add_all(5);
  Fault fault;
  fault.kind = FaultKind::Fail;
  fault.operations = {"register_instance"};
  fault.failures = {mocksc::Failure{}};
  world.center.start(world.now(), fault);
  world.center.lose_data(world.now());
  run_for(30s);
  EXPECT_EQ(exported().size(), 5U);
  EXPECT_EQ(held().unproven, 5U);
  world.center.stop_all(world.now());
  run_for(15s);
  EXPECT_EQ(held().unproven, 0U);
  EXPECT_EQ(held().memory_lost, 5U);
}

/// The receiver's side: what the registry holds of another region.
struct ImportGuarded : Guarded {
  ImportGuarded() { state(true, true); }

  void state(bool complete, bool healthy) {
    driver.catalog().region_state(world.now(), "west", true, complete, healthy);
  }
  RemoteInstance record(int n, const std::string& generation = "", int port = 8000) {
    return remote_instance("cart" + std::to_string(n % 3), "i" + std::to_string(n) + generation,
                           "rest://10.0.0.9:" + std::to_string(port + n));
  }
  void want(const RemoteInstance& record) {
    driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
    driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
  }
  void want_all(int count) {
    for (int n = 0; n < count; ++n) want(record(n));
    run_for(5s);
  }
  void release(const RemoteInstance& record, bool judged) {
    driver.catalog().release(world.now(), "west", record.key, judged);
  }
  std::size_t copies() { return world.copies("west").size(); }
  GuardStatus held() { return driver.catalog().import_status("west").guard; }
};

TEST_F(ImportGuarded, BelievesWhatARegionRemovesInItsRunningEpoch) {
  want_all(12);
  for (int n = 0; n < 12; ++n) release(record(n), true);
  run_for(5s);
  EXPECT_EQ(copies(), 0U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ImportGuarded, HoldsHalfARegionThatANewEpochLacks) {
  want_all(12);
  for (int n = 0; n < 12; ++n) release(record(n), false);
  run_for(60s);
  EXPECT_EQ(copies(), 12U);
  EXPECT_EQ(held().mass_orphaned, 12U);
  EXPECT_TRUE(held().reason.starts_with("mass-orphaned: ")) << held().reason;
  for (int n = 0; n < 6; ++n) want(record(n));
  run_for(5s);
  EXPECT_EQ(held().held, 6U);
  run_for(70s);
  EXPECT_EQ(copies(), 6U) << "a lease of two minutes is over";
  EXPECT_EQ(held().held, 0U);
}

TEST_F(ImportGuarded, LetsAFewOrphansGo) {
  want_all(12);
  for (int n = 0; n < 4; ++n) release(record(n), false);
  run_for(5s);
  EXPECT_EQ(copies(), 8U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ImportGuarded, HoldsEvenOneOrphanOfARegionWhoseGuardHeldWhenItsEpochEnded) {
  want_all(12);
  driver.catalog().desire(world.now(), "west", registry::holding_key(), "", {1, 1});
  release(record(0), false);
  driver.catalog().release(world.now(), "west", registry::holding_key(), false);
  run_for(60s);
  EXPECT_EQ(copies(), 12U);
  EXPECT_EQ(held().mass_orphaned, 1U);
  run_for(70s);
  EXPECT_EQ(copies(), 11U);
}

TEST_F(ImportGuarded, KnowsTheReplacementsOfANewEpoch) {
  want_all(12);
  for (int n = 0; n < 12; ++n) release(record(n), false);
  for (int n = 0; n < 12; ++n) want(record(n, "-new"));
  run_for(5s);
  EXPECT_EQ(copies(), 12U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ImportGuarded, LetsOrphansWaitForARegionThatIsNotHealthyYet) {
  want_all(12);
  state(true, false);
  for (int n = 0; n < 2; ++n) release(record(n), false);
  run_for(5s);
  EXPECT_EQ(copies(), 12U);
  EXPECT_EQ(alarms(), 0);
  state(true, true);
  run_for(5s);
  EXPECT_EQ(copies(), 10U);
  EXPECT_EQ(alarms(), 0);
}

TEST_F(ImportGuarded, FollowsTheReleaseOfTheRegionsOperator) {
  want_all(12);
  for (int n = 0; n < 12; ++n) release(record(n), false);
  run_for(5s);
  ASSERT_EQ(held().held, 12U);
  driver.catalog().desire(world.now(), "west", registry::released_key(), "1", {1, 1});
  run_for(5s);
  EXPECT_EQ(copies(), 0U);
  EXPECT_EQ(driver.events().reason(EventKind::GuardReleased), "an operator said so");
}

TEST_F(ImportGuarded, HoldsHalfARegionThatPointsElsewhereAtOnce) {
  want_all(12);
  const auto before = world.copies("west");
  for (int n = 0; n < 12; ++n) want(record(n, "", 9000));
  run_for(60s);
  EXPECT_EQ(world.copies("west"), before);
  EXPECT_EQ(held().changes, 12U);
  EXPECT_TRUE(held().reason.starts_with("mass-change: ")) << held().reason;
  run_for(70s);
  EXPECT_NE(world.copies("west"), before);
  EXPECT_EQ(copies(), 12U);
  EXPECT_EQ(held().changes, 0U);
}

TEST_F(ImportGuarded, HoldsSuchChangesAfterItsOwnRestart) {
  want_all(12);
  const auto before = world.copies("west");
  driver.crash(2);
  state(false, true);
  run_for(5s);
  for (int n = 0; n < 12; ++n) want(record(n, "", 9000));
  state(true, true);
  run_for(30s);
  EXPECT_EQ(world.copies("west"), before);
  EXPECT_EQ(held().changes, 12U);
}

TEST_F(ImportGuarded, ChangesEndpointsOneByOneAtOnce) {
  want_all(12);
  for (int n = 0; n < 5; ++n) {
    want(record(n, "", 9000));
    run_for(1s);
  }
  run_for(5s);
  EXPECT_EQ(copies(), 12U);
  EXPECT_EQ(held().changes, 0U);
  EXPECT_EQ(alarms(), 0);
}

}  // namespace
}  // namespace syncer::catalog
