// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/record.h"
#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;
using mocksc::Fault;
using mocksc::FaultKind;

struct CatalogCopies : testing::Test {
  void run_for(Duration time) { world.run_for(time); }
  void want(const RemoteInstance& record) {
    wanted[record.key] = record;
    tell(record);
  }
  void tell(const RemoteInstance& record) {
    driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
    driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
  }
  void release(const RemoteInstance& record) {
    wanted.erase(record.key);
    driver.catalog().release(world.now(), "west", record.key, true);
  }
  void link(bool connected, bool complete = true) {
    driver.catalog().region_state(world.now(), "west", connected, complete, connected);
  }
  /// The process dies; its successor is told again what the other region holds.
  void crash() {
    driver.crash(++starts);
    link(true, false);
    for (const auto& [key, record] : wanted) tell(record);
    link(true);
  }
  RegistryStatus status() {
    RegistryStatus status;
    driver.catalog().fill(status);
    return status;
  }
  std::string only_copy() {
    const auto copies = world.copies("west");
    EXPECT_EQ(copies.size(), 1U);
    return copies.empty() ? "" : copies.begin()->first;
  }
  void fail(const std::set<mocksc::Operation>& operations, mocksc::Failure::Kind kind, int status = 503) {
    Fault fault;
    fault.kind = FaultKind::Fail;
    for (const mocksc::Operation operation : operations) fault.operations.emplace(name(operation));
    mocksc::Failure failure;
    failure.kind = kind;
    failure.status = status;
    fault.failures = {failure};
    world.center.start(world.now(), fault);
  }

  RegistryWorld world;
  CatalogDriver driver{catalog_config_of("east"), world};
  std::map<Bytes, RemoteInstance> wanted;
  std::uint64_t starts = 1;
};

TEST_F(CatalogCopies, RegistersWhatAnotherRegionHasWithItsMarks) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  run_for(3s);
  const std::string copy = only_copy();
  EXPECT_EQ(world.copies("west")[copy], "rest://9:1");
  EXPECT_EQ(world.property(copy, "syncer.instance"), "i1");
  EXPECT_EQ(world.property(copy, "syncer.epoch"), "1.1");
  EXPECT_TRUE(driver.catalog().pending().empty());
  EXPECT_TRUE(driver.catalog().exported().empty());
}

TEST_F(CatalogCopies, AreNotMadeOfExcludedServices) {
  link(true);
  want(remote_instance("KIE", "i1", "rest://9:1"));
  want(remote_instance("cart", "i2", "rest://9:2"));
  run_for(3s);
  EXPECT_EQ(world.copies("west")[only_copy()], "rest://9:2");
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(CatalogCopies, OfExcludedServicesThatAFormerReleaseMadeGo) {
  world.add("KIE", copy_id("c1"), "rest://9:1",
            R"({"properties":{"syncer.region":"west","syncer.instance":"i1","syncer.epoch":"1.1"}})");
  link(true);
  run_for(8s);
  EXPECT_TRUE(world.copies("west").empty());
}

TEST_F(CatalogCopies, ReplaceChangedEndpointsMakeBeforeBreak) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  run_for(3s);
  std::size_t fewest = 9;
  std::size_t most = 0;
  world.center.model().set_listener([&](const mocksc::RegistryChange&) {
    fewest = std::min(fewest, world.copies("west").size());
    most = std::max(most, world.copies("west").size());
  });
  want(remote_instance("cart", "i1", "rest://9:2"));
  run_for(6s);
  EXPECT_EQ(world.copies("west")[only_copy()], "rest://9:2");
  EXPECT_EQ(fewest, 1U);
  EXPECT_EQ(most, 2U);
}

TEST_F(CatalogCopies, FollowStatusAndPropertiesInPlace) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1", R"({"a":"1"})"));
  run_for(3s);
  const std::string copy = only_copy();
  want(remote_instance("cart", "i1", "rest://9:1", R"({"b":"2"})", "DOWN"));
  run_for(3s);
  EXPECT_EQ(only_copy(), copy);
  EXPECT_EQ(world.status(copy), "DOWN");
  EXPECT_EQ(world.property(copy, "b"), "2");
  EXPECT_EQ(world.property(copy, "a"), "");
  EXPECT_EQ(world.property(copy, "syncer.region"), "west");
}

TEST_F(CatalogCopies, OfWhichStatusAndPropertiesChangeAtOnceLoseNeither) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  run_for(5s);
  want(remote_instance("cart", "i1", "rest://9:1", R"({"k":"v"})", "DOWN"));
  run_for(1200ms);
  EXPECT_EQ(world.status(only_copy()), "DOWN");
  EXPECT_EQ(world.property(only_copy(), "k"), "v");
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST(CatalogSpoiltCopies, AreRegisteredAgainSoonWhenTheRegistryStoredNothing) {
  mocksc::ModelOptions options;
  options.lags.spoilt_registrations = {1, 1};  // half of them are lost
  RegistryWorld world(options);
  CatalogDriver driver(catalog_config_of("east"), world);
  const RemoteInstance record = remote_instance("cart", "i1", "rest://9:1");
  const auto want = [&] {
    driver.catalog().region_state(world.now(), "west", true, true, true);
    driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
    driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
  };
  want();
  world.run_for(5s);
  std::size_t lost = 0;
  for (int i = 0; i < 20; ++i) {
    driver.catalog().release(world.now(), "west", record.key, true);
    world.run_for(100ms);
    EXPECT_TRUE(world.copies("west").empty());
    want();
    world.run_for(5ms);
    lost += world.copies("west").empty() ? 1 : 0;
    world.run_for(1s);
    EXPECT_EQ(world.copies("west").size(), 1U) << i;
    world.run_for(10s);
    EXPECT_EQ(world.copies("west").size(), 1U) << i;
  }
  EXPECT_GT(lost, 3U);
  EXPECT_LT(lost, 17U);
}

/// An instance whose copy is removed and registered again within a second, while the registry spoils that, and what
/// stands in its place meanwhile.
struct CatalogReturningCopies : testing::Test {
  static mocksc::ModelOptions spoiling() {
    mocksc::ModelOptions options;
    options.lags.spoilt_registrations = {1, 1};  // half of them are lost
    return options;
  }
  void SetUp() override {
    driver.catalog().region_state(world.now(), "west", true, true, true);
    want(first);
    world.run_for(5s);
    world.center.model().set_listener(
        [this](const mocksc::RegistryChange&) { fewest = std::min(fewest, world.copies("west").size()); });
  }
  void want(const RemoteInstance& record) {
    driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
    driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
  }
  void release(const RemoteInstance& record) { driver.catalog().release(world.now(), "west", record.key, true); }

  RegistryWorld world{spoiling()};
  CatalogDriver driver{catalog_config_of("east"), world};
  RemoteInstance first = remote_instance("cart", "i1", "rest://9:1");
  std::size_t fewest = 9;
};

TEST_F(CatalogReturningCopies, AreStoredBeforeWhatStandsInTheirPlaceGoes) {
  const RemoteInstance second = remote_instance("cart", "i2", "rest://9:1");
  for (int i = 0; i < 20; ++i) {
    want(second);
    release(first);
    world.run_for(300ms);
    want(first);
    release(second);
    world.run_for(20s);
  }
  EXPECT_EQ(fewest, 1U);
  EXPECT_EQ(world.copies("west").size(), 1U);
}

TEST_F(CatalogReturningCopies, AreStoredBeforeThoseWithTheirOtherEndpointsGo) {
  for (int i = 0; i < 20; ++i) {
    want(remote_instance("cart", "i1", "rest://9:2"));
    world.run_for(300ms);
    want(first);
    world.run_for(20s);
  }
  EXPECT_EQ(fewest, 1U);
  EXPECT_EQ(world.copies("west").begin()->second, "rest://9:1");
}

TEST_F(CatalogCopies, AreRemovedWhenTheirRegionSaysSo) {
  link(true);
  const auto first = remote_instance("cart", "i1", "rest://9:1");
  want(first);
  want(remote_instance("cart", "i2", "rest://9:2"));
  run_for(3s);
  release(first);
  run_for(3s);
  EXPECT_EQ(world.property(only_copy(), "syncer.instance"), "i2");
  run_for(10s);
  EXPECT_EQ(world.copies("west").size(), 1U);
  EXPECT_EQ(driver.events().count(EventKind::CopyRemoved), 1);
}

TEST_F(CatalogCopies, AreRenewedForAsLongAsTheyAreWanted) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  run_for(3s);
  driver.sent.clear();
  run_for(10min);
  EXPECT_EQ(world.copies("west").size(), 1U);
  EXPECT_EQ(driver.events().count(EventKind::CopyRegistered), 1);
  EXPECT_EQ(driver.events().count(EventKind::LeaseLost), 0);
}

TEST_F(CatalogCopies, AreRegisteredAgainAtOnceWhenALeaseIsLost) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  run_for(3s);
  world.center.expire(world.now(), only_copy());
  EXPECT_TRUE(world.copies("west").empty());
  run_for(45s);
  EXPECT_EQ(world.copies("west").size(), 1U);
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(CatalogCopies, LeaveNoGhostWhenTheirRemovalFails) {
  link(true);
  const auto first = remote_instance("cart", "i1", "rest://9:1");
  want(first);
  want(remote_instance("cart", "i2", "rest://9:2"));
  run_for(3s);
  fail({mocksc::Operation::Unregister}, mocksc::Failure::Kind::Status);
  release(first);
  run_for(60s);
  EXPECT_EQ(world.copies("west").size(), 2U);
  EXPECT_TRUE(driver.catalog().exported().empty());
  world.center.stop_all(world.now());
  run_for(20s);
  EXPECT_EQ(world.copies("west").size(), 1U);
  EXPECT_TRUE(driver.catalog().exported().empty());
}

TEST_F(CatalogCopies, AreNotDoubledWhenAnswersAreLost) {
  link(true);
  fail({mocksc::Operation::RegisterInstance, mocksc::Operation::RegisterService},
       mocksc::Failure::Kind::ResetAfterApply);
  for (int i = 0; i < 5; ++i) want(remote_instance("cart", "i" + std::to_string(i), "rest://9:" + std::to_string(i)));
  run_for(15s);
  world.center.stop_all(world.now());
  run_for(15s);
  EXPECT_EQ(world.copies("west").size(), 5U);
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(CatalogCopies, ThatTheRegistryRefusesAreParkedAndBlockNothing) {
  link(true);
  want(remote_instance("cart", "bad", "rest://9:0", R"({"big":")" + std::string(6000, 'x') + R"("})"));
  want(remote_instance("cart", "odd", "rest://9:3", "{}", "NONSENSE"));
  want(remote_instance("cart", "good", "rest://9:1"));
  run_for(3s);
  EXPECT_EQ(world.property(only_copy(), "syncer.instance"), "good");
  EXPECT_EQ(driver.events().count(EventKind::CopyRejected), 2);
  EXPECT_EQ(status().rejected, 2U);
  EXPECT_EQ(status().failing.size(), 2U);
  driver.sent.clear();
  run_for(10min);
  std::size_t attempts = 0;
  for (const auto& request : driver.sent) {
    attempts += request.method == "POST" && request.target.ends_with("/instances") ? 1 : 0;
  }
  EXPECT_LE(attempts, 12U);
  want(remote_instance("cart", "odd", "rest://9:3"));
  run_for(3s);
  EXPECT_EQ(world.copies("west").size(), 2U);
  EXPECT_EQ(driver.events().count(EventKind::CopyAccepted), 1);
}

TEST_F(CatalogCopies, ThatFailAreNamedAndNoReasonIsDroppedInSilence) {
  link(true);
  want(remote_instance("cart", "z-odd", "rest://9:3", "{}", "NONSENSE"));
  run_for(3s);
  fail({mocksc::Operation::RegisterInstance}, mocksc::Failure::Kind::Status);
  for (int i = 0; i < 50; ++i) want(remote_instance("cart", "i" + std::to_string(i), "rest://8:" + std::to_string(i)));
  run_for(400ms);
  EXPECT_EQ(status().failing.size(), 1U) << "what failed once only needs time";
  EXPECT_NE(status().failing.front().find("instance z-odd is refused: "), std::string::npos)
      << status().failing.front();
  const std::vector<std::string> reasons = driver.catalog().pending();
  ASSERT_EQ(reasons.size(), 21U);
  EXPECT_EQ(reasons.back(), "and 30 copies more");
  run_for(10s);
  ASSERT_EQ(status().failing.size(), 4U);
  EXPECT_EQ(status().failing.back(), "and 48 more");
}

TEST_F(CatalogCopies, GetTheirMarksBackWhenSomebodyReplacesTheirProperties) {
  link(true);
  const RemoteInstance record = remote_instance("cart", "i1", "rest://9:1", R"({"zone":"a"})");
  want(record);
  run_for(6s);
  const std::string copy = only_copy();
  const auto edit = [&] {
    world.ask("PUT",
              "/v4/default/registry/microservices/" + world.service_id("cart") + "/instances/" + copy + "/properties",
              R"({"properties":{"edited":"1"}})");
  };
  for (const bool restarted : {false, true}) {
    edit();
    if (restarted) crash();
    run_for(restarted ? 8s : 5s);
    EXPECT_EQ(only_copy(), copy) << restarted;
    EXPECT_EQ(world.property(copy, "syncer.instance"), "i1") << restarted;
    EXPECT_EQ(world.property(copy, "zone"), "a") << restarted;
    EXPECT_EQ(world.property(copy, "edited"), "") << restarted;
    EXPECT_TRUE(driver.catalog().exported().empty()) << restarted;
  }
  edit();
  release(record);
  run_for(20s);
  EXPECT_TRUE(world.copies("west").empty());
  EXPECT_EQ(world.status(copy), "") << "no ghost without marks";
}

TEST_F(CatalogCopies, OfApplicationsThatSpeakLikeSyncersAreNone) {
  link(true);
  world.add("cart", "a1", "rest://1:1", R"({"properties":{"syncer.region":"west","syncer.instance":"x"}})");
  world.add("cart", "a2", "rest://1:2", R"({"properties":{"syncer.region":"mars","syncer.instance":"y"}})");
  run_for(3min);
  EXPECT_EQ(world.status("a1"), "UP");
  EXPECT_EQ(world.status("a2"), "UP");
  EXPECT_EQ(status().exported, 2U);
  EXPECT_EQ(status().copies, 0U);
}

TEST_F(CatalogCopies, WithManyPropertiesAreReplacedMakeBeforeBreak) {
  link(true);
  const auto record = [](const char* value) {
    return remote_instance("cart", "i1", "rest://9:1", R"({"big":")" + std::string(3500, 'x') + value + R"("})");
  };
  want(record("a"));
  run_for(3s);
  std::size_t fewest = 9;
  world.center.model().set_listener(
      [&](const mocksc::RegistryChange&) { fewest = std::min(fewest, world.copies("west").size()); });
  want(record("b"));
  run_for(8s);
  EXPECT_EQ(world.property(only_copy(), "big").back(), 'b');
  EXPECT_EQ(fewest, 1U);
  EXPECT_TRUE(driver.catalog().pending().empty());
}

TEST_F(CatalogCopies, WaitAsLongAsTheRegistryAsks) {
  link(true);
  run_for(3s);
  Fault busy;
  busy.kind = FaultKind::Fail;
  mocksc::Failure failure;
  failure.kind = mocksc::Failure::Kind::Status;
  failure.status = 503;
  failure.retry_after = 10s;
  busy.failures = {failure};
  const auto id = world.center.start(world.now(), busy);
  run_for(2s);
  world.center.stop(world.now(), id);
  driver.sent.clear();
  want(remote_instance("cart", "i1", "rest://9:1"));
  run_for(6s);
  EXPECT_TRUE(world.copies("west").empty());
  const auto reads_or_writes = std::count_if(driver.sent.begin(), driver.sent.end(), [](const HttpRequest& request) {
    return request.target.find("heartbeat") == std::string::npos;
  });
  EXPECT_EQ(reads_or_writes, 0) << "leases alone do not wait";
  run_for(6s);
  EXPECT_EQ(world.copies("west").size(), 1U);
}

TEST_F(CatalogCopies, AreHeldWhileTheirRegionIsAwayAndThenRemoved) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  want(remote_instance("cart", "i2", "rest://9:2"));
  run_for(3s);
  link(false);
  run_for(115s);
  EXPECT_EQ(world.copies("west").size(), 2U);
  EXPECT_EQ(driver.events().count(EventKind::HoldStarted), 1);
  run_for(10s);
  EXPECT_TRUE(world.copies("west").empty());
  EXPECT_EQ(driver.events().count(EventKind::HoldExpired), 1);
  link(true);
  run_for(5s);
  EXPECT_EQ(world.copies("west").size(), 2U);
}

TEST_F(CatalogCopies, ThatNobodyWantsWaitForTheirRegionToSaySo) {
  link(true);
  want(remote_instance("cart", "i1", "rest://9:1"));
  want(remote_instance("cart", "i2", "rest://9:2"));
  run_for(3s);
  wanted.erase(wanted.begin());
  driver.crash(++starts);
  link(true, false);
  run_for(30s);
  EXPECT_EQ(world.copies("west").size(), 2U);
  for (const auto& [key, record] : wanted) tell(record);
  link(true, true);
  run_for(5s);
  EXPECT_EQ(world.copies("west").size(), 1U);
}

TEST_F(CatalogCopies, EndUpTheSameWhereverTheProcessDies) {
  for (int step = 1; step <= 40; ++step) {
    link(true);
    const std::string port = std::to_string(step % 3);
    want(remote_instance("cart", "i1", "rest://9:" + port));
    want(remote_instance("cart", "i2", "rest://8:" + port, R"({"p":")" + port + R"("})"));
    run_for(std::chrono::milliseconds(step));
    crash();
    run_for(8s);
    ASSERT_EQ(world.copies("west").size(), 2U) << "died " << step << " ms after the change";
    for (const auto& [id, endpoint] : world.copies("west")) EXPECT_TRUE(endpoint.ends_with(port));
  }
}

TEST_F(CatalogCopies, BringTheirContractsAndOverwriteNone) {
  link(true);
  const auto record = remote_instance("cart", "i1", "rest://9:1");
  const auto service = registry::decode_key(record.key)->service;
  for (const char* id : {"mine", "theirs"}) {
    driver.catalog().desire(world.now(), "west",
                            encode_key(registry::RecordKey{registry::RecordKind::Attachment, service, id}),
                            registry::encode_attachment("sc", R"({"schema":"far"})"), {1, 1});
  }
  world.add("cart", "n1", "rest://1:1");
  const std::string path = "/v4/default/registry/microservices/" + world.service_id("cart") + "/schemas/";
  world.ask("PUT", path + "mine", R"({"schema":"near"})");
  want(record);
  run_for(5s);
  EXPECT_EQ(world.copies("west").size(), 1U);
  EXPECT_EQ(world.ask("GET", path + "mine").body, R"({"schema":"near"})");
  EXPECT_EQ(world.ask("GET", path + "theirs").body, R"({"schema":"far"})");
}

TEST_F(CatalogCopies, OverwriteNothingThatAnApplicationMadeThoughNoneUsesIt) {
  link(true);
  const auto record = remote_instance("cart", "i1", "rest://9:1");
  const auto service = registry::decode_key(record.key)->service;
  driver.catalog().desire(world.now(), "west",
                          encode_key(registry::RecordKey{registry::RecordKind::Attachment, service, "api"}),
                          registry::encode_attachment("sc", R"({"schema":"far"})"), {1, 1});
  driver.catalog().desire(world.now(), "west",
                          encode_key(registry::RecordKey{registry::RecordKind::Attachment, service, ""}),
                          registry::encode_attachment("sc", R"({"properties":{"owner":"far"}})"), {1, 2});
  world.add("cart", "n1", "rest://1:1");
  world.remove("cart", "n1");
  const std::string path = "/v4/default/registry/microservices/" + world.service_id("cart");
  world.ask("PUT", path + "/schemas/api", R"({"schema":"near"})");
  world.ask("PUT", path + "/properties", R"({"properties":{"owner":"near"}})");
  want(record);
  run_for(10s);
  EXPECT_EQ(world.copies("west").size(), 1U);
  EXPECT_EQ(world.ask("GET", path + "/schemas/api").body, R"({"schema":"near"})");
  EXPECT_NE(world.ask("GET", path).body.find(R"("owner":"near")"), std::string::npos);
}

TEST_F(CatalogCopies, NeverTouchNativeInstances) {
  world.add("cart", "n1", "rest://1:1");
  std::size_t touched = 0;
  run_for(3s);
  world.center.model().set_listener([&](const mocksc::RegistryChange& change) {
    if (change.instance != nullptr && change.instance->instance_id == "n1") ++touched;
  });
  link(true);
  const auto record = remote_instance("cart", "n1", "rest://1:1");
  want(record);
  run_for(5s);
  release(record);
  run_for(5s);
  EXPECT_EQ(touched, 0U);
}

TEST_F(CatalogCopies, OfTenThousandAreThereInThirtySeconds) {
  link(true);
  for (int i = 0; i < 10'000; ++i) {
    want(remote_instance("s" + std::to_string(i % 200), "i" + std::to_string(i), "rest://9:" + std::to_string(i)));
  }
  run_for(30s);
  EXPECT_EQ(world.copies("west").size(), 10'000U);
}

TEST(CatalogCopiesOnOldReleases, FindTheLostLeaseInASetThatDoesNotSayWhich) {
  for (const auto release : {mocksc::Release::V1_3_0, mocksc::Release::V2_0_0, mocksc::Release::V2_2_0}) {
    mocksc::ModelOptions options;
    options.release = release;
    RegistryWorld world(options);
    CatalogDriver driver(catalog_config_of("east"), world);
    driver.catalog().region_state(world.now(), "west", true, true, true);
    for (int i = 0; i < 40; ++i) {
      const auto record = remote_instance("cart", "i" + std::to_string(i), "rest://9:" + std::to_string(i));
      driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
      driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
    }
    world.run_for(5s);
    ASSERT_EQ(world.copies("west").size(), 40U);
    world.center.expire(world.now(), world.copies("west").begin()->first);
    world.run_for(60s);
    EXPECT_EQ(world.copies("west").size(), 40U);
  }
}

}  // namespace
}  // namespace syncer::catalog
