// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/cluster/cluster.h"
#include "tests/support/hostile_pool.h"

namespace sim::host {
namespace {

using std::chrono::seconds;
using syncer::Epoch;

constexpr NodeIndex kWest = HostilePool::kWest;

constexpr Epoch kHighest{~std::uint64_t{0}, ~std::uint64_t{0}};

class HostilePeers : public testing::TestWithParam<HostileDeed> {};

TEST_P(HostilePeers, ChangeNothingThatLasts) {
  HostilePool pool(1, HostilePool::Trust::Open);
  ASSERT_EQ(pool.trouble(), "");
  const bool raft = GetParam() == HostileDeed::Term || GetParam() == HostileDeed::Append ||
                    GetParam() == HostileDeed::List || GetParam() == HostileDeed::Snapshot ||
                    GetParam() == HostileDeed::Transfer || GetParam() == HostileDeed::Crowd;
  const bool member = GetParam() == HostileDeed::Welcome || GetParam() == HostileDeed::Redirect;
  const std::string region = member ? "north" : "east";
  const Epoch epoch = raft ? Epoch{1, (std::uint64_t{1} << 62U) - 1} : kHighest;
  const std::vector<NodeIndex> who = raft ? std::vector<NodeIndex>{0, 1, 2} : std::vector<NodeIndex>{0, 1, 2, kWest};
  pool.lie(pool.order(GetParam(), who, region, epoch));
  pool.run(seconds(10));
  // The liar may speak for one that is away.
  pool.world().crash(1);
  pool.run(seconds(15));
  pool.world().restart(1);
  pool.run(seconds(5));
  EXPECT_EQ(pool.ended(), "");
  pool.end_of_lies();
  // Who starts while all names are claimed finds out later that nobody is behind them.
  const seconds patience(GetParam() == HostileDeed::Storm ? 120 : 30);
  EXPECT_TRUE(pool.heals_within(patience)) << pool.trouble();
  pool.run(seconds(60));
  EXPECT_EQ(pool.trouble(), "");
}

INSTANTIATE_TEST_SUITE_P(Deeds, HostilePeers,
                         testing::Values(HostileDeed::Silence, HostileDeed::Drip, HostileDeed::Hello,
                                         HostileDeed::Heartbeat, HostileDeed::Records, HostileDeed::Welcome,
                                         HostileDeed::Redirect, HostileDeed::Name, HostileDeed::Term,
                                         HostileDeed::Append, HostileDeed::List, HostileDeed::Snapshot,
                                         HostileDeed::Tags, HostileDeed::Transfer, HostileDeed::Crowd,
                                         HostileDeed::Storm));

TEST(HostilePeersOfAPool, AreBelievedNothingWithoutTheKey) {
  HostilePool pool(1, HostilePool::Trust::Key);
  ASSERT_EQ(pool.trouble(), "");
  const auto epoch = pool.leader()->cluster()->writer_epoch();
  for (const HostileDeed deed :
       {HostileDeed::Records, HostileDeed::Welcome, HostileDeed::Append, HostileDeed::Name, HostileDeed::Storm}) {
    pool.lie(pool.order(deed, {0, 1, 2, kWest}, "east", {1, 50}));
    pool.run(seconds(20));
    EXPECT_EQ(pool.trouble(), "");
    EXPECT_EQ(pool.world().node(kWest)->status(pool.world().now()).members.size(), 4U) << "the stranger is no member";
    pool.end_of_lies();
    pool.run(seconds(1));
  }
  ASSERT_NE(pool.leader(), nullptr);
  EXPECT_EQ(pool.leader()->cluster()->writer_epoch(), epoch);
  EXPECT_EQ(pool.ended(), "");
}

}  // namespace
}  // namespace sim::host
