// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/catalog/catalog_world.h"

namespace syncer::catalog {
namespace {

using namespace std::chrono_literals;

TEST(CatalogTurns, AreTakenByRegionsHoweverMuchOneOfThemHas) {
  RegistryWorld world;
  CatalogConfig config = catalog_config_of("east");
  config.registry.writes_per_second = 20;
  CatalogDriver driver(config, world);
  world.run_for(5s);
  const auto want = [&](const std::string& region, const RemoteInstance& record) {
    driver.catalog().region_state(world.now(), region, true, true, true);
    driver.catalog().desire(world.now(), region, record.service_key, record.service_payload, {1, 1});
    driver.catalog().desire(world.now(), region, record.key, record.payload, {1, 1});
  };
  for (int i = 0; i < 500; ++i) {
    const std::string n = std::to_string(i);
    want("west", remote_instance("cart", "i" + n, "rest://9:" + n));
  }
  world.run_for(2s);
  want("north", remote_instance("cart", "n1", "rest://8:1"));
  world.run_for(1s);
  EXPECT_EQ(world.copies("north").size(), 1U);
  EXPECT_LT(world.copies("west").size(), 100U) << "that one has 25 s of work";
  world.run_for(40s);
  EXPECT_EQ(world.copies("west").size(), 500U);
}

}  // namespace
}  // namespace syncer::catalog
