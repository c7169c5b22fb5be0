// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "syncer/node/node_config.h"

namespace syncer::node {
namespace {

using std::chrono::seconds;

NodeConfig valid() {
  NodeConfig c;
  c.node = "n1";
  c.region = "east";
  c.gossip_address = Endpoint::v4(10, 0, 0, 1, 30190);
  c.rpc_address = Endpoint::v4(10, 0, 0, 1, 30191);
  c.cluster_address = Endpoint::v4(10, 0, 0, 1, 30192);
  return c;
}

std::string error_of(std::string_view key, std::string_view value) {
  NodeConfig c = valid();
  const Result<void> applied = apply_setting(c, key, value);
  return applied ? "" : to_string(applied.error());
}

TEST(Settings, AreSortedByKeyAndNamedOnce) {
  const auto all = settings();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(
      std::adjacent_find(all.begin(), all.end(), [](const Setting& a, const Setting& b) { return a.key >= b.key; }),
      all.end());
}

TEST(Settings, ShowWhatTheyReadBack) {
  for (const Setting& s : settings()) {
    NodeConfig c = valid();
    const std::string shown = s.show(c);
    ASSERT_TRUE(apply_setting(c, s.key, shown)) << s.key << " = " << shown;
    EXPECT_EQ(s.show(c), shown) << s.key;
  }
}

TEST(Settings, EachChangesItsOwnFieldAlone) {
  const std::vector<std::pair<std::string_view, std::string_view>> other = {
      {"cluster.address", "10.9.9.9:1"},
      {"cluster-name", "west"},
      {"cluster.election-timeout", "85ms"},
      {"cluster.heartbeat", "86ms"},
      {"cluster.voters", "5"},
      {"gossip.address", "10.9.9.9:2"},
      {"gossip.awareness-max", "6"},
      {"gossip.dead-reclaim", "67s"},
      {"gossip.fanout", "7"},
      {"gossip.indirect-checks", "0"},
      {"gossip.interval", "70ms"},
      {"gossip.label", "blue"},
      {"gossip.probe-interval", "7s"},
      {"gossip.probe-timeout", "71ms"},
      {"gossip.probe-timeout-follows-rtt", "off"},
      {"gossip.push-pull-interval", "72s"},
      {"gossip.retransmit-mult", "11"},
      {"gossip.suspicion-max-mult", "12"},
      {"gossip.suspicion-mult", "9"},
      {"gossip.tcp-ping", "off"},
      {"gossip.tcp-timeout", "13s"},
      {"gossip.to-the-dead", "14s"},
      {"guard.hold", "73s"},
      {"guard.minimum", "74"},
      {"guard.services", "75"},
      {"guard.share", "7%"},
      {"join", "10.9.9.9:3,10.9.9.9:4"},
      {"mode", "cluster"},
      {"node", "n7"},
      {"policy", R"({"withdrawals-per-second":7})"},
      {"registry.addresses", "http://a:1,http://b:2"},
      {"registry.concurrency", "76"},
      {"registry.domain", "d7"},
      {"registry.exclude-services", "x,y"},
      {"registry.kind", "another"},
      {"registry.password-file", "/p"},
      {"registry.projects", "p,q"},
      {"registry.timeout", "77s"},
      {"registry.token-file", "/t"},
      {"registry.user", "u"},
      {"registry.writes-per-second", "78"},
      {"rpc.address", "10.9.9.9:5"},
      {"sync.connect-retry", "79s"},
      {"sync.dial-only", "on"},
      {"sync.flush", "80ms"},
      {"sync.forget", "86s"},
      {"sync.heartbeat", "81ms"},
      {"sync.hold", "82s"},
      {"sync.interval", "83s"},
      {"sync.link-cap", "west=7KiB/s"},
      {"sync.longest-interval", "85s"},
      {"sync.max-bytes", "87"},
      {"sync.max-changes", "88"},
      {"sync.max-records", "89"},
      {"sync.regions", "east,west"},
      {"sync.relay", "on"},
      {"sync.silence", "84s"}};
  ASSERT_EQ(other.size() + 1, settings().size()) << "all but gossip.profile, which changes many";
  for (const auto& [key, value] : other) {
    const NodeConfig before = valid();
    NodeConfig after = before;
    ASSERT_TRUE(apply_setting(after, key, value)) << key;
    for (const Setting& s : settings()) {
      if (s.key == key) {
        EXPECT_NE(s.show(after), s.show(before)) << key;
        EXPECT_EQ(s.show(after), value);
      } else {
        EXPECT_EQ(s.show(after), s.show(before)) << key << " changed " << s.key;
      }
    }
  }
}

TEST(Settings, RefuseAnUnknownKeyWithTheNearestOne) {
  EXPECT_EQ(error_of("gossip.fanuot", "3"), "gossip.fanuot: unknown key, did you mean \"gossip.fanout\"?");
}

TEST(Settings, RefuseABadValueAndSayWhatIsWanted) {
  EXPECT_NE(error_of("sync.interval", "10").find("a duration above zero"), std::string::npos);
  EXPECT_NE(error_of("sync.interval", "0s"), "");
  EXPECT_NE(error_of("gossip.fanout", "0"), "");
  EXPECT_EQ(error_of("gossip.profile", "wam"),
            "gossip.profile: \"wam\" is not a profile, did you mean \"wan\"?; wanted: \"syncer\", \"lan\", \"wan\" or "
            "\"local\"");
  EXPECT_EQ(error_of("gossip.tcp-ping", "yes"),
            "gossip.tcp-ping: \"yes\" is neither on nor off; wanted: \"on\" or \"off\"");
  EXPECT_NE(error_of("gossip.probe-interval", "61m").find("longer than 1h"), std::string::npos);
  EXPECT_NE(error_of("gossip.suspicion-max-mult", "101"), "");
  EXPECT_NE(error_of("gossip.fanout", "-1"), "");
  EXPECT_NE(error_of("gossip.fanout", "99999999999999999999"), "");
  EXPECT_NE(error_of("guard.share", "101%"), "");
  EXPECT_NE(error_of("mode", "both"), "");
  EXPECT_NE(error_of("node", "two words"), "");
  EXPECT_NE(error_of("node", ""), "");
  EXPECT_NE(error_of("node", std::string(129, 'n')), "");
  EXPECT_NE(error_of("join", "10.0.0.1"), "");
  EXPECT_NE(error_of("join", "10.0.0.1:1,,10.0.0.2:1"), "");
  EXPECT_NE(error_of("registry.addresses", " "), "");
  EXPECT_NE(error_of("registry.domain", "a\r\nX-Admin: 1").find("line break"), std::string::npos);
  EXPECT_NE(error_of("registry.projects", "a,b\nc").find("line break"), std::string::npos);
}

TEST(Settings, ARefusedValueLeavesTheConfigurationAlone) {
  NodeConfig c = valid();
  ASSERT_FALSE(apply_setting(c, "join", "10.0.0.1:1,nonsense"));
  EXPECT_TRUE(c.join.empty());
  ASSERT_FALSE(apply_setting(c, "sync.hold", "-3s"));
  EXPECT_EQ(c.sync.hold, seconds(120));
}

TEST(Settings, AcceptBlanksBetweenTheItemsOfAList) {
  NodeConfig c = valid();
  ASSERT_TRUE(apply_setting(c, "join", "10.0.0.1:1, 10.0.0.2:2"));
  EXPECT_EQ(c.join.size(), 2U);
}

TEST(Settings, DefaultsAreValid) { EXPECT_TRUE(validate(valid())); }

TEST(Settings, RefuseCombinationsThatMakeNoSense) {
  const auto refused = [](auto change) {
    NodeConfig c = valid();
    change(c);
    return !validate(c).has_value();
  };
  EXPECT_TRUE(refused([](NodeConfig& c) { c.node.clear(); }));
  EXPECT_TRUE(refused([](NodeConfig& c) { c.region.clear(); }));
  EXPECT_TRUE(refused([](NodeConfig& c) { c.registry.addresses.clear(); }));
  EXPECT_TRUE(refused([](NodeConfig& c) { c.registry.projects.clear(); }));
  EXPECT_TRUE(refused([](NodeConfig& c) { c.registry.user = "u"; })) << "without a password";
  EXPECT_TRUE(refused([](NodeConfig& c) {
    c.registry.user = "u";
    c.registry.password_file = "/p";
    c.registry.token_file = "/t";
  })) << "two proofs";
  EXPECT_TRUE(refused([](NodeConfig& c) { ASSERT_TRUE(apply_setting(c, "gossip.probe-timeout", "1001ms")); }));
  EXPECT_TRUE(refused([](NodeConfig& c) {
    ASSERT_TRUE(apply_setting(c, "gossip.profile", "wan"));  // waits 3 s for an answer
    ASSERT_TRUE(apply_setting(c, "gossip.probe-interval", "1s"));
  }));
  EXPECT_TRUE(refused([](NodeConfig& c) { c.sync.silence = c.sync.heartbeat; }));
  EXPECT_TRUE(refused([](NodeConfig& c) { c.rpc_address = c.gossip_address; }));
  EXPECT_TRUE(refused([](NodeConfig& c) {
    c.mode = Mode::Cluster;
    c.cluster_address = c.rpc_address;
  }));
}

}  // namespace
}  // namespace syncer::node
