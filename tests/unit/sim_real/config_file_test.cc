// SPDX-License-Identifier: Apache-2.0
#include "sim/real/processes/config_file.h"

#include <gtest/gtest.h>

#include "syncer/config/daemon_config.h"
#include "syncer/config/file.h"

namespace sim::real {
namespace {

using syncer::node::NodeConfig;

const ConfigPlaces kPlaces{"/tmp/d", "/tmp/a.socket", "/tmp/t", "", ""};

syncer::Result<syncer::config::DaemonConfig> assembled(const std::string& text) {
  auto values = syncer::config::parse_file(text, "config.json");
  if (!values) return tl::unexpected(values.error());
  for (const syncer::config::Key& key : syncer::config::keys()) {
    if (values->count(key.name) == 0) (*values)[key.name] = {key.default_value, "default"};
  }
  return syncer::config::assemble(*values, [](std::string_view) { return std::nullopt; });
}

NodeConfig example() {
  NodeConfig config;
  config.node = "e1";
  config.region = "east";
  config.gossip_address = syncer::Endpoint::v4(10, 1, 1, 1, 30190);
  config.rpc_address = syncer::Endpoint::v4(10, 1, 1, 1, 30191);
  config.registry.addresses = {"http://sc-e-0:30100", "http://sc-e-1:30100"};
  config.join = {syncer::Endpoint::v4(10, 1, 1, 2, 30190)};
  return config;
}

const std::map<std::string, std::string> kOrigins = {{"http://sc-e-0:30100", "http://10.200.1.1:30100"},
                                                     {"http://sc-e-1:30100", "http://10.200.1.2:30100"}};

TEST(ConfigFile, SaysToADaemonWhatANodeIsGiven) {
  NodeConfig config = example();
  ASSERT_TRUE(syncer::node::apply_setting(config, "sync.hold", "77s"));
  // 4 is the usual one of another profile.
  ASSERT_TRUE(syncer::node::apply_setting(config, "gossip.suspicion-mult", "4"));
  ASSERT_TRUE(syncer::node::apply_setting(config, "gossip.profile", "wan"));
  const auto daemon = assembled(config_text(config, kPlaces, kOrigins));
  ASSERT_TRUE(daemon) << to_string(daemon.error());
  EXPECT_EQ(daemon->node.node, "e1");
  EXPECT_EQ(daemon->node.region, "east");
  EXPECT_EQ(daemon->node.gossip_address, config.gossip_address);
  EXPECT_EQ(daemon->node.rpc_address, config.rpc_address);
  EXPECT_EQ(daemon->node.join, config.join);
  EXPECT_EQ(daemon->trace_file, "/tmp/t");
  EXPECT_EQ(daemon->data_dir, "/tmp/d");
  EXPECT_EQ(daemon->node.registry.addresses,
            (std::vector<std::string>{"http://10.200.1.1:30100", "http://10.200.1.2:30100"}));
  for (const auto& setting : syncer::node::settings()) {
    if (setting.key == "registry.addresses") continue;
    EXPECT_EQ(setting.show(daemon->node), setting.show(config)) << setting.key;
  }
}

TEST(ConfigFile, NamesTheKindOfAnotherRegistry) {
  NodeConfig config = example();
  config.registry.kind = "eureka";
  config.registry.addresses = {"http://sc-e-0:30100/eureka"};
  const auto daemon = assembled(config_text(config, kPlaces, kOrigins));
  ASSERT_TRUE(daemon) << to_string(daemon.error());
  EXPECT_EQ(daemon->node.registry.kind, "eureka");
  EXPECT_EQ(daemon->node.registry.addresses, std::vector<std::string>{"http://10.200.1.1:30100/eureka"});
}

TEST(ConfigFile, TakesAVoterAsOne) {
  NodeConfig config = example();
  config.mode = syncer::node::Mode::Cluster;
  config.cluster.voters = 3;
  config.cluster_address = syncer::Endpoint::v4(10, 1, 1, 1, 30192);
  const auto daemon = assembled(config_text(config, kPlaces, kOrigins));
  ASSERT_TRUE(daemon) << to_string(daemon.error());
  EXPECT_EQ(daemon->node.mode, syncer::node::Mode::Cluster);
  EXPECT_EQ(daemon->node.cluster.voters, 3U);
  EXPECT_EQ(daemon->node.cluster_address, config.cluster_address);
}

}  // namespace
}  // namespace sim::real
