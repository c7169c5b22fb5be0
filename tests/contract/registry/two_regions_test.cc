// SPDX-License-Identifier: Apache-2.0
// Two regions with registries of different kinds, each with the whole catalog of a node, linked without a network.
#include <gtest/gtest.h>

#include "tests/contract/registry/registry_world.h"

namespace syncer::registry {
namespace {

using namespace std::chrono_literals;

/// A region: its registry and the catalog of its one syncer.
class Region {
 public:
  Region(std::string name, std::unique_ptr<RegistryWorld> world, Instant now)
      : name_(std::move(name)), world_(std::move(world)), http_(*world_) {
    start(now);
  }

  const std::string& name() const { return name_; }
  RegistryWorld& world() { return *world_; }
  catalog::Catalog& catalog() { return *catalog_; }

  /// The process ends and a new one starts; it knows nothing of the one before.
  void start(Instant now) {
    ++runs_;
    catalog::CatalogConfig config;
    config.region = name_;
    config.node = name_ + "-n1";
    config.registry.kind = world_->kind();
    config.kinds.add(world_->kind(), world_->factory());
    catalog_.reset();
    catalog_ = std::make_unique<catalog::Catalog>(config, http_, observer_, Random(runs_), now,
                                                  [this] { return http_.next_call(); });
    http_.set_sink(
        [this](Instant at, CallId id, Result<HttpResponse> answer) { catalog_->on_http(at, id, std::move(answer)); });
    catalog_->start(now);
    catalog_->set_writer(now, Epoch{1, runs_});
  }

  void step(Instant now) {
    world_->advance(now);
    http_.step(now);
    if (catalog_->next_deadline() <= now) catalog_->advance(now);
  }

  /// Copies of another region as the registry shows them: instance -> (status, endpoints).
  std::map<std::string, memory::Item> memory_copies(Instant now) {
    std::map<std::string, memory::Item> copies;
    const auto list = world_->serve(now, {"GET", "", "/entries", {}, ""});
    ByteReader reader(list->body);
    reader.string();
    while (reader.remaining() > 0) {
      reader.string();
      const auto item = memory::decode(reader.string());
      if (item && item->metadata.contains("syncer.region")) copies[item->metadata.at("syncer.instance")] = *item;
    }
    return copies;
  }

 private:
  std::string name_;
  std::unique_ptr<RegistryWorld> world_;
  DirectHttp http_;
  NoEvents observer_;
  std::uint64_t runs_ = 0;
  std::unique_ptr<catalog::Catalog> catalog_;
};

class TwoRegions : public testing::Test {
 protected:
  void run(Duration time) {
    for (const Instant end = now + time; now < end; now += 10ms) {
      for (Region* region : {&east, &west}) region->step(now);
      carry(east, west);
      carry(west, east);
    }
  }
  /// What a link of two syncers brings about.
  void carry(Region& from, Region& to) {
    to.catalog().region_state(now, from.name(), true, from.catalog().view_complete(), from.catalog().healthy());
    for (const catalog::ExportChange& change : from.catalog().take_exports()) {
      if (change.payload) {
        sent_[from.name()][change.key] = *change.payload;
        to.catalog().desire(now, from.name(), change.key, *change.payload, Epoch{1, 1});
      } else {
        sent_[from.name()].erase(change.key);
        to.catalog().release(now, from.name(), change.key, true);
      }
    }
  }
  std::size_t copies_in_east() { return copies(east); }
  static std::size_t copies(Region& region) {
    catalog::RegistryStatus status;
    region.catalog().fill(status);
    return status.copies;
  }

  Instant now{10s};
  Region east{"east", make_service_center(), now};
  Region west{"west", make_memory_registry(), now};
  std::map<std::string, std::map<Bytes, Bytes>> sent_;
};

TEST_F(TwoRegions, ShowEachOtherTheirInstances) {
  const std::string cart = east.world().add(now, {"cart", "rest://10.0.0.1:8080", "UP", {{"zone", "a"}}});
  west.world().add(now, {"stock", "http://10.1.0.1:80"});
  run(10s);
  ASSERT_EQ(west.memory_copies(now).size(), 1U);
  const memory::Item copy = west.memory_copies(now).at(cart);
  EXPECT_EQ(copy.name, "cart");
  EXPECT_EQ(copy.endpoints, std::vector<std::string>{"rest://10.0.0.1:8080"});
  EXPECT_EQ(copy.metadata.at("zone"), "a");
  EXPECT_EQ(copy.metadata.at("syncer.region"), "east");
  EXPECT_EQ(copies(east), 1U);
  EXPECT_TRUE(east.catalog().pending().empty()) << east.catalog().pending().front();
  EXPECT_TRUE(west.catalog().pending().empty()) << west.catalog().pending().front();
}

TEST_F(TwoRegions, FollowRemovalsBothWays) {
  const std::string cart = east.world().add(now, {"cart", "rest://10.0.0.1:8080"});
  const std::string stock = west.world().add(now, {"stock", "http://10.1.0.1:80"});
  east.world().add(now, {"cart", "rest://10.0.0.2:8080"});
  west.world().add(now, {"stock", "http://10.1.0.2:80"});
  run(10s);
  EXPECT_EQ(copies(east), 2U);
  EXPECT_EQ(copies(west), 2U);
  east.world().remove(now, cart);
  west.world().remove(now, stock);
  run(15s);
  EXPECT_EQ(copies(east), 1U);
  EXPECT_EQ(copies(west), 1U);
  EXPECT_FALSE(west.memory_copies(now).contains(cart));
}

TEST_F(TwoRegions, KeepCopiesOverARestartAndRenewThem) {
  const std::string cart = east.world().add(now, {"cart", "rest://10.0.0.1:8080"});
  west.world().add(now, {"stock", "http://10.1.0.1:80"});
  run(10s);
  for (Region* region : {&east, &west}) region->start(now);
  for (auto& [region, records] : sent_) {
    Region& to = region == "east" ? west : east;
    for (const auto& [key, payload] : records) to.catalog().desire(now, region, key, payload, Epoch{1, 2});
  }
  run(300s);  // longer than every lease
  EXPECT_EQ(copies(east), 1U);
  EXPECT_EQ(west.memory_copies(now).size(), 1U);
  EXPECT_TRUE(west.memory_copies(now).contains(cart));
  EXPECT_TRUE(east.catalog().conflict().empty()) << east.catalog().conflict();
  EXPECT_TRUE(west.catalog().conflict().empty()) << west.catalog().conflict();
  EXPECT_TRUE(west.catalog().healthy());
}

}  // namespace
}  // namespace syncer::registry
