// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "syncer/node/node_config.h"
#include "syncer/node/parts.h"
#include "tests/unit/membership/conformance.h"

namespace syncer::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Given = std::vector<std::pair<std::string, std::string>>;

/// What the membership core of a syncer is told that was given these settings in this order.
membership::Options options_of(const Given& given) {
  NodeConfig config;
  for (const auto& [key, value] : given) {
    const auto applied = apply_setting(config, key, value);
    EXPECT_TRUE(applied) << to_string(applied.error());
  }
  return gossip_config(config).options;
}

std::int64_t ms(Duration d) { return std::chrono::duration_cast<milliseconds>(d).count(); }

class ProfileOfMemberlist : public testing::TestWithParam<const char*> {};

TEST_P(ProfileOfMemberlist, HasItsNumbers) {
  LOAD_CONFORMANCE(data, "formulas.json");
  const auto& reference = data.at("profiles").at(GetParam());
  const membership::Options o = options_of({{"gossip.profile", GetParam()}});
  const std::map<std::string, std::int64_t> shown = {{"awareness_max_multiplier", o.awareness_max},
                                                     {"dead_node_reclaim_ms", ms(o.dead_reclaim)},
                                                     {"gossip_interval_ms", ms(o.gossip_interval)},
                                                     {"gossip_nodes", o.gossip_nodes},
                                                     {"gossip_to_the_dead_ms", ms(o.gossip_to_dead)},
                                                     {"indirect_checks", o.indirect_checks},
                                                     {"probe_interval_ms", ms(o.probe_interval)},
                                                     {"probe_timeout_ms", ms(o.probe_timeout)},
                                                     {"push_pull_interval_ms", ms(o.push_pull_interval)},
                                                     {"retransmit_mult", o.retransmit_mult},
                                                     {"stream_timeout_ms", ms(o.stream_timeout)},
                                                     {"suspicion_max_timeout_mult", o.suspicion_max_mult},
                                                     {"suspicion_mult", o.suspicion_mult}};
  for (const auto& [name, value] : shown) EXPECT_EQ(value, reference.at(name)) << name;
  EXPECT_FALSE(o.adapt_probe_timeout) << "memberlist's timeout is fixed";
  EXPECT_TRUE(o.stream_pings);
}
INSTANTIATE_TEST_SUITE_P(Names, ProfileOfMemberlist, testing::Values("lan", "wan", "local"));

TEST(GossipProfile, IsTheSyncersOwnUnlessToldOtherwise) {
  for (const Given& given : {Given{}, Given{{"gossip.profile", "syncer"}}}) {
    const membership::Options o = options_of(given);
    EXPECT_EQ(o.probe_interval, seconds(1));
    EXPECT_EQ(o.probe_timeout, milliseconds(500));
    EXPECT_EQ(o.suspicion_mult, 4);
    EXPECT_EQ(o.gossip_interval, milliseconds(200));
    EXPECT_EQ(o.push_pull_interval, seconds(15));
    EXPECT_EQ(o.dead_reclaim, seconds(10));
    EXPECT_TRUE(o.adapt_probe_timeout);
  }
}

TEST(GossipProfile, BoundsWhatStrangersMayDoInEachProfile) {
  for (const char* profile : {"syncer", "lan", "wan", "local"}) {
    const membership::Options o = options_of({{"gossip.profile", profile}});
    EXPECT_EQ(o.max_incarnation_jump, 1U << 20U) << profile;
    EXPECT_EQ(o.max_members, 4096U) << profile;
  }
}

TEST(GossipProfile, GivesWayToEachKeyWhateverTheirOrder) {
  Given given = {{"gossip.profile", "wan"},      {"gossip.awareness-max", "3"},   {"gossip.dead-reclaim", "1s"},
                 {"gossip.fanout", "5"},         {"gossip.indirect-checks", "2"}, {"gossip.interval", "50ms"},
                 {"gossip.probe-timeout", "2s"}, {"gossip.tcp-ping", "off"},      {"gossip.suspicion-mult", "4"}};
  for (int order = 0; order < 2; ++order, std::reverse(given.begin(), given.end())) {
    const membership::Options o = options_of(given);
    EXPECT_EQ(o.awareness_max, 3);
    EXPECT_EQ(o.dead_reclaim, seconds(1));
    EXPECT_EQ(o.gossip_nodes, 5);
    EXPECT_EQ(o.indirect_checks, 2);
    EXPECT_EQ(o.gossip_interval, milliseconds(50));
    EXPECT_EQ(o.probe_timeout, seconds(2));
    EXPECT_FALSE(o.stream_pings);
    EXPECT_EQ(o.suspicion_mult, 4);
    EXPECT_EQ(o.probe_interval, seconds(5)) << "nobody gave it: it is the profile's";
    EXPECT_EQ(o.push_pull_interval, seconds(60));
  }
}

TEST(GossipProfile, GivesWayToAKeyThatIsSetToTheDefault) {
  EXPECT_EQ(options_of({{"gossip.probe-interval", "1s"}, {"gossip.profile", "wan"}}).probe_interval, seconds(1));
}

TEST(GossipProfile, OfTwoValuesOfOneKeyTheLaterHolds) {
  EXPECT_EQ(options_of({{"gossip.fanout", "5"}, {"gossip.fanout", "6"}}).gossip_nodes, 6);
}

}  // namespace
}  // namespace syncer::node
