// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "syncer/base/random.h"
#include "syncer/cluster/cluster.h"
#include "tests/support/hostile_pool.h"

namespace sim::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using syncer::Random;

constexpr NodeIndex kWest = HostilePool::kWest;

/// SYNCER_HOSTILE_SEEDS raises the number of seeds, SYNCER_HOSTILE_FIRST is the first of them (CONTRIBUTING.md).
std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// What a seed makes of it.
struct Drawn {
  explicit Drawn(std::uint64_t seed) {
    Random random = Random(seed).stream("hostile storm");
    static constexpr const char* kRegions[] = {"east", "west", "north"};
    region = kRegions[random.below(3)];
    crashed = static_cast<NodeIndex>(random.below(HostilePool::kNodes + 1));
    away = milliseconds(random.below(8000));
    count = static_cast<std::uint32_t>(20 + random.below(80));
  }
  std::string region;
  NodeIndex crashed = 0;  ///< kNodes: nobody
  milliseconds away{};
  std::uint32_t count = 0;
};

/// A storm of 12 s. The number of messages that the stranger has said is kept in what it gives.
std::shared_ptr<std::uint64_t> begin(HostilePool& pool, const Drawn& drawn) {
  HostileOrder order = pool.order(HostileDeed::Storm, {0, 1, 2, kWest}, drawn.region, {1, 1});
  const auto said = std::make_shared<std::uint64_t>(0);
  order.said = said;
  order.count = drawn.count;
  order.gap = milliseconds(50);
  pool.lie(std::move(order));
  return said;
}

/// The same, in which one syncer may be away for a while.
std::uint64_t play(HostilePool& pool, const Drawn& drawn) {
  const auto said = begin(pool, drawn);
  pool.run(seconds(2));
  if (drawn.crashed < HostilePool::kNodes) {
    pool.world().crash(drawn.crashed);
    pool.run(drawn.away);
    pool.world().restart(drawn.crashed);
  }
  pool.run(seconds(10) - drawn.away);
  pool.end_of_lies();
  return *said;
}

struct HostileStorms : testing::Test {
  const std::uint64_t first = from_environment("SYNCER_HOSTILE_FIRST", 1);
  const std::uint64_t seeds = from_environment("SYNCER_HOSTILE_SEEDS", 6);
  std::uint64_t said = 0;
  void TearDown() override { std::cout << said << " messages of hostile peers in " << seeds << " seeds\n"; }
};

/// Gives the number of messages.
std::uint64_t weather_on_an_open_pool(std::uint64_t seed) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  HostilePool pool(seed, HostilePool::Trust::Open);
  EXPECT_EQ(pool.trouble(), "");
  const Drawn drawn(seed);
  const std::uint64_t said = play(pool, drawn);
  EXPECT_EQ(pool.ended(), "");
  pool.run(seconds(12));
  pool.forget("north");  // what he published for a region of his own is away, and nobody else's to judge
  EXPECT_TRUE(pool.heals_within(seconds(18))) << pool.trouble();
  pool.run(seconds(60));
  EXPECT_EQ(pool.trouble(), "") << "a minute later";
  return said;
}

TEST_F(HostileStorms, OnAnOpenPoolEndNobodyAndLeaveNothingAfterThirtySeconds) {
  for (std::uint64_t seed = first; seed < first + seeds && !HasFailure(); ++seed) said += weather_on_an_open_pool(seed);
  EXPECT_GE(said, seeds * 1000) << "the storm says something";
}

/// In these a syncer that others join by comes back amid the storm, and it and they hold each other elsewhere.
TEST_F(HostileStorms, OnAnOpenPoolDoNotKeepItsSyncersApart) {
  for (const std::uint64_t seed : {45, 60, 66, 68, 108}) said += weather_on_an_open_pool(seed);
}

TEST_F(HostileStorms, OnAPoolWithAKeyAreBelievedNothing) {
  for (std::uint64_t seed = first; seed < first + seeds; ++seed) {
    HostilePool pool(seed, HostilePool::Trust::Key);
    ASSERT_EQ(pool.trouble(), "") << "seed " << seed;
    Drawn drawn(seed);
    drawn.crashed = HostilePool::kNodes;
    const auto epoch = pool.leader()->cluster()->writer_epoch();
    said += play(pool, drawn);
    // Nothing has to heal: nothing was believed.
    ASSERT_EQ(pool.trouble(), "") << "seed " << seed;
    ASSERT_EQ(pool.leader()->cluster()->writer_epoch(), epoch) << "seed " << seed;
    for (NodeIndex n = 0; n < HostilePool::kNodes; ++n) {
      ASSERT_EQ(pool.world().node(n)->status(pool.world().now()).members.size(), HostilePool::kNodes) << seed;
    }
  }
}

/// The number of messages is added. He is who he says he is on each connection, and so can speak for nobody else;
/// gossip is a hint, and heals.
void weather_among_certificates(std::uint64_t seed, std::uint64_t& said) {
  SCOPED_TRACE("seed " + std::to_string(seed));
  HostilePool pool(seed, HostilePool::Trust::Certificates);
  ASSERT_EQ(pool.trouble(), "");
  Drawn drawn(seed);
  if (drawn.region == "north") drawn.region = "south";
  const auto epoch = pool.leader()->cluster()->writer_epoch();
  const auto told = begin(pool, drawn);
  for (int second = 0; second < 12; ++second) {
    pool.run(seconds(1));
    ASSERT_EQ(pool.ended(), "");
    ASSERT_GE(pool.instances(0), 2U) << "second " << second;
    ASSERT_GE(pool.instances(1), 2U) << "second " << second;
    if (drawn.region == "south") continue;  // his own, for which he may speak
    ASSERT_EQ(pool.instances(0), 2U) << "second " << second;
    ASSERT_EQ(pool.instances(1), 2U) << "second " << second;
  }
  pool.end_of_lies();
  said += *told;
  ASSERT_TRUE(pool.leader() != nullptr);
  ASSERT_EQ(pool.leader()->cluster()->writer_epoch(), epoch);
  pool.run(seconds(12));
  pool.forget("south");
  ASSERT_TRUE(pool.heals_within(seconds(18))) << pool.trouble();
}

TEST_F(HostileStorms, WithACertificateOfAnotherRegionSayNothingForTheOthers) {
  for (std::uint64_t seed = first; seed < first + seeds && !HasFailure(); ++seed)
    weather_among_certificates(seed, said);
  EXPECT_GE(said, seeds * 1000) << "the storm says something";
}

/// In these he says that he knows a later epoch of a region, by a little.
TEST_F(HostileStorms, WithACertificateOfAnotherRegionMoveNoEpochOfTheOthers) {
  for (const std::uint64_t seed : {10, 42, 105, 119, 222, 234}) weather_among_certificates(seed, said);
}

}  // namespace
}  // namespace sim::host
