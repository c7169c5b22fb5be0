// SPDX-License-Identifier: Apache-2.0
// Several copies that want one address of a Nacos service, with the whole catalog of a node.
#include <gtest/gtest.h>

#include <algorithm>

#include "syncer/registry/nacos/driver.h"
#include "tests/contract/registry/nacos_world.h"

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;
using mocksc::nacos::Release;

class NacosAddresses : public testing::TestWithParam<Release> {
 protected:
  NacosAddresses() {
    start();
    run(5s);
  }

  /// A process that knows nothing of the one before.
  void start() {
    catalog::CatalogConfig config;
    config.marks = seal();
    config.region = "west";
    config.node = "west-n1";
    config.registry.kind = "nacos";
    config.kinds.add("nacos", nacos::make_driver);
    catalog_.reset();
    catalog_ = std::make_unique<catalog::Catalog>(config, http_, observer_, Random(1), now,
                                                  [this] { return http_.next_call(); });
    http_.set_sink(
        [this](Instant at, CallId id, Result<HttpResponse> answer) { catalog_->on_http(at, id, std::move(answer)); });
    catalog_->start(now);
    catalog_->set_writer(now, Epoch{1, 1});
    for (const char* region : {"new", "old"}) catalog_->region_state(now, region, true, true, true);
  }
  /// Of a pool with a key, once there is one.
  MarkSeal seal() {
    return {[this] { return has_key; }, [](ByteView text) { return std::to_string(hash64(text)); },
            [](ByteView text, std::string_view signature) {
              return signature == std::to_string(hash64(text)) ? Proof::Current : Proof::None;
            }};
  }

  /// Of twins lists tell the copy last.
  static mocksc::nacos::Options options() {
    mocksc::nacos::Options options;
    options.release = GetParam();
    options.connections_first = true;
    return options;
  }
  void run(Duration time) {
    for (const Instant end = now + time; now < end; now += 10ms) {
      world.advance(now);
      http_.step(now);
      if (catalog_->next_deadline() <= now) catalog_->advance(now);
    }
  }
  static Bytes key(const std::string& instance) {
    return catalog::instance_key({"", "", "shop", "cart", "1.0.0"}, instance);
  }
  void want(const std::string& region, const std::string& instance, const std::string& value = "1",
            const std::string& cluster = "") {
    InstanceRecord record;
    record.instance.host_name = "far";
    record.instance.endpoints = {parse_service_endpoint("rest://10.0.0.1:8080")};
    record.instance.metadata = {{"value", value}};
    record.native.kind = cluster.empty() ? "elsewhere" : "nacos";
    if (!cluster.empty()) record.native.content = R"({"cluster":")" + cluster + R"("})";
    catalog_->desire(now, region, key(instance), encode_record(record), Epoch{1, 1});
  }
  void leave(const std::string& region, const std::string& instance) {
    catalog_->release(now, region, key(instance), true);
  }
  /// Region and instance of the copies that stand there.
  std::vector<std::string> standing() {
    std::vector<std::string> found;
    for (const auto& instance : world.model().registry().present({"", "shop", "cart"})) {
      const auto text = [&](const char* name) {
        const auto value = instance.metadata.find(name);
        return value == instance.metadata.end() ? std::string() : value->second.value_or("");
      };
      found.push_back(text("syncer.region") + "/" + text("syncer.instance"));
    }
    return found;
  }
  catalog::RegistryStatus status() {
    catalog::RegistryStatus status;
    catalog_->fill(status);
    return status;
  }
  std::size_t believed() { return status().copies; }
  /// Instances that are exported.
  std::size_t exported() {
    std::size_t count = 0;
    for (const auto& [key, payload] : catalog_->exported()) {
      const auto record = decode_key(key);
      count += record && record->kind == RecordKind::Instance ? 1U : 0U;
    }
    return count;
  }
  using Names = std::vector<std::string>;

  bool has_key = false;
  Instant now{10s};
  NacosWorld world{options()};
  DirectHttp http_{world};
  NoEvents observer_;
  std::unique_ptr<catalog::Catalog> catalog_;
};

TEST_P(NacosAddresses, TheLowerRegionTakesOverAndStaysWhenTheOtherLeaves) {
  want("old", "i");
  run(5s);
  want("new", "i");
  run(5s);
  EXPECT_EQ(standing(), Names{"new/i"});
  EXPECT_EQ(believed(), 1U);
  leave("old", "i");
  for (int i = 0; i < 40; ++i) {
    run(10s);  // longer than every lease
    ASSERT_EQ(standing(), Names{"new/i"}) << i;
  }
  leave("new", "i");
  run(5s);
  EXPECT_EQ(standing(), Names{});
  EXPECT_EQ(believed(), 0U);
}

TEST_P(NacosAddresses, TheOtherRegionComesBackWhenTheLowerOneLeaves) {
  want("old", "i");
  run(5s);
  want("new", "i");
  run(60s);
  EXPECT_EQ(standing(), Names{"new/i"});
  leave("new", "i");
  run(500ms);  // a server may still show the one that left
  EXPECT_EQ(standing(), Names{"old/i"});
  run(300s);
  EXPECT_EQ(standing(), Names{"old/i"});
}

TEST_P(NacosAddresses, AtOnceWhenBothLeaveOrComeTogether) {
  want("old", "i");
  want("new", "i");
  run(10s);
  EXPECT_EQ(standing(), Names{"new/i"});
  run(300s);
  EXPECT_EQ(standing(), Names{"new/i"});
  leave("new", "i");
  leave("old", "i");
  run(5s);
  EXPECT_EQ(standing(), Names{});
  EXPECT_EQ(believed(), 0U);
}

TEST_P(NacosAddresses, ChangesOfTheOneThatIsNotThereTouchNothing) {
  want("old", "i");
  run(5s);
  want("new", "i");
  run(5s);
  want("old", "i", "2");
  run(300s);
  EXPECT_EQ(standing(), Names{"new/i"});
  EXPECT_EQ(believed(), 1U);
}

TEST_P(NacosAddresses, ARegionWhoseHoldEndsTakesNobodyElsesCopyAway) {
  want("old", "i");
  run(5s);
  want("new", "i");
  run(5s);
  catalog_->region_state(now, "old", false, false, false);
  for (int i = 0; i < 40; ++i) {
    run(10s);
    ASSERT_EQ(standing(), Names{"new/i"}) << i;
  }
}

TEST_P(NacosAddresses, AnApplicationIsBackUnderALowerIdBeforeItsFormerOneIsGone) {
  want("old", "i9");
  run(5s);
  want("old", "i1");
  run(5s);
  EXPECT_EQ(standing(), Names{"old/i1"});
  leave("old", "i9");
  run(300s);
  EXPECT_EQ(standing(), Names{"old/i1"});
}

TEST_P(NacosAddresses, AnApplicationIsBackUnderAHigherIdBeforeItsFormerOneIsGone) {
  want("old", "i1");
  run(5s);
  want("old", "i9");
  run(60s);
  EXPECT_EQ(standing(), Names{"old/i1"});
  leave("old", "i1");
  run(5s);
  EXPECT_EQ(standing(), Names{"old/i9"});
}

TEST_P(NacosAddresses, AnInstanceThatMovesToAnotherClusterIsNotRemovedWithItsFormerOne) {
  want("old", "C2#10.0.0.1#8080", "1", "C2");
  run(5s);
  want("old", "C1#10.0.0.1#8080", "1", "C1");
  leave("old", "C2#10.0.0.1#8080");
  bool is_there = false;
  for (int i = 0; i < 500; ++i) {
    run(10ms);
    const Names all = standing();
    const bool is_now = std::find(all.begin(), all.end(), "old/C1#10.0.0.1#8080") != all.end();
    ASSERT_TRUE(is_now || !is_there) << "after " << i << " steps";
    is_there = is_now;
  }
  EXPECT_EQ(standing(), Names{"old/C1#10.0.0.1#8080"});
  run(300s);
  EXPECT_EQ(standing(), Names{"old/C1#10.0.0.1#8080"});
  EXPECT_EQ(believed(), 1U);
}

TEST_P(NacosAddresses, AnApplicationBesideACopyIsExportedAsItIs) {
  want("old", "i");
  run(5s);
  catalog_->take_exports();
  mocksc::nacos::Instance twin;
  twin.ip = "10.0.0.1";
  twin.port = 8080;
  twin.metadata = {{"version", "1.0.0"}, {"mine", "1"}};
  twin.holder = mocksc::nacos::Holder::Connection;
  ASSERT_TRUE(world.model().registry().put(now, {"", "shop", "cart"}, twin, "sdk"));
  run(200s);
  std::size_t written = 0;
  for (const catalog::ExportChange& change : catalog_->take_exports()) {
    const auto record = decode_key(change.key);
    if (!record || record->kind != RecordKind::Instance) continue;
    ASSERT_TRUE(change.payload.has_value());
    const auto instance = decode_record(*change.payload);
    ASSERT_TRUE(instance);
    EXPECT_EQ(instance->instance.metadata.at("mine"), "1");
    ++written;
  }
  EXPECT_EQ(written, 1U);
  EXPECT_EQ(standing(), Names{"/"}) << "the copy's lease ends by itself";
  EXPECT_EQ(believed(), 0U);
}

TEST_P(NacosAddresses, AnInstanceThatNobodyElsewhereReadsStaysAtHomeAndIsAProblem) {
  mocksc::nacos::Instance large;
  large.ip = "10.0.0.2";
  large.port = 80;
  large.metadata = {{"large", std::string(300'000, 'x')}};
  large.holder = mocksc::nacos::Holder::Connection;
  ASSERT_TRUE(world.model().registry().put(now, {"", "shop", "cart"}, large, "sdk"));
  run(5s);
  EXPECT_EQ(exported(), 0U);
  ASSERT_EQ(status().unfit.size(), 1U);
  EXPECT_NE(status().unfit[0].find("262144"), std::string::npos) << status().unfit[0];
}

TEST_P(NacosAddresses, TheFirstKeyOfThePoolMakesNoCopyAnInstanceOfThisRegion) {
  want("old", "i");
  run(5s);
  has_key = true;
  start();  // with the key
  run(5s);
  EXPECT_EQ(status().unsigned_copies, 1U);
  EXPECT_EQ(exported(), 0U);
  EXPECT_EQ(believed(), 0U);
  EXPECT_EQ(standing(), Names{"old/i"});
  want("old", "i");
  run(10s);
  EXPECT_EQ(status().unsigned_copies, 0U);
  EXPECT_EQ(exported(), 0U);
  EXPECT_EQ(believed(), 1U);
  EXPECT_EQ(standing(), Names{"old/i"});
}

TEST_P(NacosAddresses, AKeyThatComesWhileCopiesStandSignsThem) {
  want("old", "i");
  run(5s);
  has_key = true;
  catalog_->marks_changed(now);
  run(10s);
  EXPECT_EQ(status().unsigned_copies, 0U);
  EXPECT_EQ(exported(), 0U);
  EXPECT_EQ(believed(), 1U);
  EXPECT_EQ(standing(), Names{"old/i"});
}

INSTANTIATE_TEST_SUITE_P(Releases, NacosAddresses, testing::Values(Release::V1_4_8, Release::V2_5_1, Release::V3_0_3),
                         [](const auto& info) { return "R" + std::to_string(static_cast<int>(info.param) + 1); });

}  // namespace
}  // namespace syncer::registry
