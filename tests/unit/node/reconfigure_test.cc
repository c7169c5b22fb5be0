// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/node/node_config.h"

namespace syncer::node {
namespace {

NodeConfig configured() {
  NodeConfig config;
  config.node = "e1";
  config.region = "east";
  config.gossip_address = Endpoint::v4(10, 0, 0, 1, 30190);
  config.rpc_address = Endpoint::v4(10, 0, 0, 1, 30191);
  return config;
}

void set(NodeConfig& config, std::string_view key, std::string_view value) {
  const auto applied = apply_setting(config, key, value);
  ASSERT_TRUE(applied) << to_string(applied.error());
}

TEST(LiveSettings, AreTakenOverAndOthersAreNot) {
  NodeConfig wanted = configured();
  set(wanted, "sync.regions", "east,west");
  set(wanted, "guard.share", "3/4");
  set(wanted, "registry.exclude-services", "KIE");
  set(wanted, "registry.concurrency", "3");
  set(wanted, "gossip.profile", "wan");
  const auto config = with_live_settings(configured(), wanted);
  ASSERT_TRUE(config);
  EXPECT_EQ(differences(configured(), *config),
            (std::vector<std::string>{"guard.share", "registry.exclude-services", "sync.regions"}));
  EXPECT_EQ(config->sync.regions, (std::vector<std::string>{"east", "west"}));
  for (const std::string& key : differences(*config, wanted)) EXPECT_FALSE(is_live(key)) << key;
  EXPECT_EQ(config->registry.concurrency, configured().registry.concurrency);
}

TEST(LiveSettings, EveryOneKeepsItsValueExactly) {
  for (const Setting& row : settings()) {
    if (!row.live) continue;
    NodeConfig wanted = configured();
    const std::string shown = row.show(wanted);
    ASSERT_TRUE(row.apply(wanted, shown)) << row.key;
    EXPECT_EQ(row.show(wanted), shown) << row.key;
  }
}

TEST(LiveSettings, AreRefusedTogether) {
  NodeConfig wanted = configured();
  set(wanted, "sync.max-records", "5");
  set(wanted, "sync.heartbeat", "1m");  // longer than sync.silence
  const auto config = with_live_settings(configured(), wanted);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().where, "sync.silence");
}

TEST(LiveSettings, AreNoAddressesAndNoNames) {
  for (const char* key : {"node", "cluster-name", "mode", "rpc.address", "gossip.label", "registry.kind", "nonsense"}) {
    EXPECT_FALSE(is_live(key)) << key;
  }
  EXPECT_TRUE(is_live("sync.hold"));
}

}  // namespace
}  // namespace syncer::node
