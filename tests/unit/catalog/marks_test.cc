// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/registry/servicecenter/documents.h"
#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;
using registry::MarkSeal;
using registry::Proof;

/// A catalog of region east in a pool with keys; the applications of its registry say what they want.
struct SignedMarks : testing::Test {
  MarkSeal seal() {
    const auto sign = [](const std::string& key, ByteView text) {
      return to_string(Hash128{hash64(text, hash64(key)), hash64(text, hash64(key + "'"))});
    };
    return {[this] { return !keys.empty(); }, [this, sign](ByteView text) { return sign(keys.front(), text); },
            [this, sign](ByteView text, std::string_view signature) {
              for (const std::string& key : keys) {
                if (sign(key, text) == signature) return key == keys.front() ? Proof::Current : Proof::Former;
              }
              return Proof::None;
            }};
  }
  CatalogConfig config() {
    CatalogConfig config = catalog_config_of("east");
    config.marks = seal();
    return config;
  }
  Catalog& catalog() { return driver.catalog(); }
  void want(const RemoteInstance& record) {
    catalog().region_state(world.now(), "west", true, true, true);
    catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 7});
    catalog().desire(world.now(), "west", record.key, record.payload, {1, 7});
  }
  void use(std::vector<std::string> others) {
    keys = std::move(others);
    catalog().marks_changed(world.now());
  }
  RegistryStatus status() {
    RegistryStatus status;
    catalog().fill(status);
    return status;
  }
  std::string only_copy() {
    const auto copies = world.copies("west");
    EXPECT_EQ(copies.size(), 1U);
    return copies.empty() ? "" : copies.begin()->first;
  }
  void edit(const std::string& service, const std::string& instance, const std::string& properties) {
    world.ask(
        "PUT",
        "/v4/default/registry/microservices/" + world.service_id(service) + "/instances/" + instance + "/properties",
        R"({"properties":)" + properties + "}");
  }
  std::string canary() const { return registry::servicecenter::canary_id("east", "east-n1"); }
  /// The canaries' service.
  std::string put_canary_properties(const std::string& properties) {
    const std::string target = "/v4/default/registry/microservices/" + canary_service() + "/instances/" + canary();
    return std::to_string(world.ask("PUT", target + "/properties", R"({"properties":)" + properties + "}").status);
  }
  std::string canary_service() {
    std::string service;
    world.center.model().for_each_instance([&](const mocksc::InstanceView& view) {
      if (view.instance.instance_id == canary()) service = view.instance.service_id;
    });
    return service;
  }

  std::vector<std::string> keys = {"one"};
  RegistryWorld world;
  CatalogDriver driver{config(), world};
};

const char* const kForged = R"({"properties":{"syncer.region":"west","syncer.instance":"x","syncer.epoch":"7.9"}})";

TEST_F(SignedMarks, ArePutOnCopiesAndBelieved) {
  want(remote_instance("cart", "i1", "rest://9:1"));
  world.run_for(5s);
  EXPECT_EQ(world.property(only_copy(), "syncer.seal").size(), MarkSeal::kLength);
  EXPECT_EQ(catalog().marked_epochs(), (std::map<std::string, Epoch>{{"west", {1, 7}}}));
  EXPECT_EQ(status().unsigned_copies, 0U);
  driver.crash(2);
  world.run_for(5s);
  EXPECT_EQ(catalog().marked_epochs(), (std::map<std::string, Epoch>{{"west", {1, 7}}}));
  EXPECT_EQ(status().copies, 1U);
  EXPECT_EQ(driver.events().count(EventKind::MarkForged), 0);
}

TEST_F(SignedMarks, AreNoneWithoutASignature) {
  world.add("cart", copy_id("c1"), "rest://1:1", kForged);
  catalog().region_state(world.now(), "west", true, true, true);
  world.run_for(30s);
  EXPECT_TRUE(catalog().marked_epochs().empty()) << "no epoch is believed";
  EXPECT_EQ(status().unsigned_copies, 1U);
  EXPECT_EQ(status().copies, 0U);
  EXPECT_EQ(world.copies("west").size(), 1U) << "it is nobody's to remove";
  EXPECT_TRUE(catalog().exported().empty()) << "a pool that lost its key does not take copies for its own";
}

TEST_F(SignedMarks, OfAnotherInstanceAreWorthNothing) {
  want(remote_instance("cart", "i1", "rest://9:1"));
  world.run_for(5s);
  const std::string seal = world.property(only_copy(), "syncer.seal");
  world.add("cart", copy_id("c1"), "rest://1:1",
            R"({"properties":{"syncer.region":"west","syncer.instance":"i1","syncer.epoch":"1.7","syncer.seal":")" +
                seal + R"("}})");
  world.run_for(5s);
  EXPECT_EQ(status().unsigned_copies, 1U);
  EXPECT_EQ(world.copies("west").size(), 2U);
}

TEST_F(SignedMarks, OfOurOwnRegionAreNoConflictWhenForged) {
  world.add("cart", copy_id("c1"), "rest://1:1",
            R"({"properties":{"syncer.region":"east","syncer.instance":"i1","syncer.epoch":"1.1"}})");
  world.run_for(5s);
  EXPECT_EQ(catalog().conflict(), "");
  EXPECT_TRUE(catalog().view_complete());
}

TEST_F(SignedMarks, ComeBackWhenAnEpochIsChangedBelowThem) {
  want(remote_instance("cart", "i1", "rest://9:1"));
  world.run_for(5s);
  const std::string copy = only_copy();
  const std::string seal = world.property(copy, "syncer.seal");
  edit("cart", copy,
       R"({"syncer.region":"west","syncer.instance":"i1","syncer.epoch":"9.9","syncer.seal":")" + seal + R"("})");
  world.run_for(1s);
  EXPECT_TRUE(catalog().marked_epochs().empty());
  world.run_for(8s);
  EXPECT_EQ(world.property(copy, "syncer.epoch"), "1.7");
  EXPECT_EQ(only_copy(), copy);
}

TEST_F(SignedMarks, AreSignedAgainWhenTheKeyChangesAndNoCopyGoes) {
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    want(remote_instance("cart", "i" + n, "rest://9:" + n));
  }
  world.run_for(5s);
  const auto before = world.copies("west");
  ASSERT_EQ(before.size(), 50U);
  std::size_t fewest = 50;
  world.center.model().set_listener(
      [&](const mocksc::RegistryChange&) { fewest = std::min(fewest, world.copies("west").size()); });
  use({"one", "two"});
  world.run_for(5s);
  use({"two", "one"});
  world.run_for(8s);
  use({"two"});
  world.run_for(8s);
  EXPECT_EQ(world.copies("west"), before);
  EXPECT_EQ(fewest, 50U);
  EXPECT_EQ(status().unsigned_copies, 0U);
  EXPECT_EQ(catalog().marked_epochs().size(), 1U);
  EXPECT_TRUE(catalog().healthy());
  EXPECT_EQ(driver.events().count(EventKind::MarkForged), 0);
}

TEST_F(SignedMarks, AreGivenToTheCopiesOfAPoolThatHadNoKey) {
  keys.clear();
  want(remote_instance("cart", "i1", "rest://9:1"));
  world.run_for(5s);
  const std::string copy = only_copy();
  EXPECT_EQ(world.property(copy, "syncer.seal"), "");
  keys = {"one"};
  driver.crash(2);
  want(remote_instance("cart", "i1", "rest://9:1"));
  world.run_for(15s);
  EXPECT_EQ(only_copy(), copy);
  EXPECT_EQ(world.property(copy, "syncer.seal").size(), MarkSeal::kLength);
  EXPECT_EQ(status().unsigned_copies, 0U);
  EXPECT_TRUE(catalog().healthy());
  EXPECT_EQ(driver.events().count(EventKind::MarkForged), 0) << "an earlier run without a key forges nothing";
}

TEST_F(SignedMarks, OfAForgedCanaryAreAnAlarmAndNoConflict) {
  world.run_for(5s);
  const std::string id = registry::servicecenter::canary_id("west", "w1");
  world.ask(
      "POST", "/v4/default/registry/microservices/" + canary_service() + "/instances",
      R"({"instance":{"instanceId":")" + id +
          R"(","hostName":"h","endpoints":["rest://1:1"],"properties":{"syncer.canary":"west","syncer.node":"w1",)"
          R"("syncer.run":"1"}}})");
  world.run_for(5s);
  EXPECT_EQ(catalog().conflict(), "");
  EXPECT_TRUE(catalog().view_complete());
  EXPECT_EQ(driver.events().count(EventKind::MarkForged), 1);
  ASSERT_EQ(status().forged.size(), 1U);
  EXPECT_NE(status().forged[0].find("\"w1\""), std::string::npos) << status().forged[0];
  world.ask("DELETE", "/v4/default/registry/microservices/" + canary_service() + "/instances/" + id);
  world.run_for(5s);
  EXPECT_TRUE(status().forged.empty());
}

TEST_F(SignedMarks, OfOurCanaryComeBackWhenSomebodyChangesThem) {
  world.add("shop", "i1", "rest://1:1");
  world.run_for(8s);
  for (const char* properties :
       {R"({"syncer.canary":"east","syncer.node":"east-n1","syncer.run":"other","syncer.count":"1"})",
        R"({"a":"1"})"}) {
    ASSERT_EQ(put_canary_properties(properties), "200");
    world.run_for(8s);
    EXPECT_EQ(catalog().conflict(), "");
    EXPECT_EQ(world.property(canary(), "syncer.node"), "east-n1") << properties;
    EXPECT_EQ(world.property(canary(), "syncer.seal").size(), MarkSeal::kLength);
    world.remove("shop", "i1");
    world.run_for(8s);
    EXPECT_TRUE(catalog().exported().empty()) << "no loss of memory is seen in it, and nothing held";
    world.add("shop", "i1", "rest://1:1");
    world.run_for(8s);
  }
  EXPECT_EQ(driver.events().count(EventKind::MarkForged), 1);
  EXPECT_EQ(driver.events().count(EventKind::GuardTripped), 0);
}

/// Go's decoder folds the names of members, and the last of several counts: so does the mock.
TEST(CatalogBodies, HaveNoMemberThatADecoderTakesForAnother) {
  RegistryWorld world;
  CatalogDriver driver(catalog_config_of("east"), world);
  RemoteInstance record = remote_instance("cart", "i1", "rest://9:1");
  auto decoded = registry::decode_record(record.payload).value();
  decoded.native.kind = registry::servicecenter::kNativeKind;
  decoded.native.content = R"({"in\u017ftanceId":"mine","propertieS":{"syncer.canary":"west"},"statuS":"DOWN"})";
  record.payload = registry::encode_record(decoded);
  driver.catalog().region_state(world.now(), "west", true, true, true);
  driver.catalog().desire(world.now(), "west", record.service_key, record.service_payload, {1, 1});
  driver.catalog().desire(world.now(), "west", record.key, record.payload, {1, 1});
  world.run_for(5s);
  ASSERT_EQ(world.copies("west").size(), 1U);
  const std::string copy = world.copies("west").begin()->first;
  EXPECT_NE(copy, "mine");
  EXPECT_EQ(world.status(copy), "UP");
  EXPECT_EQ(world.property(copy, "syncer.canary"), "");
  EXPECT_TRUE(driver.catalog().exported().empty());
}

}  // namespace
}  // namespace syncer::catalog
