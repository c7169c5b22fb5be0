// SPDX-License-Identifier: Apache-2.0
#include "sim/real/router/router.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/fault/partition.h"
#include "tests/unit/sim_real/packets.h"

namespace sim::real {
namespace {

using fault::Site;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::kEast;
using test::kWest;

constexpr std::uint32_t kRegistry = 0x0ac80101;

/// Two nodes and a registry; packets between them are passed by the router, and no time passes but in the world.
class RouterTest : public testing::Test {
 protected:
  struct Arrival {
    syncer::Instant at;
    Site to;
    std::string bytes;
  };

  RouterTest() {
    host::RegistrySpec registry;
    registry.name = "sc";
    world.add_registry(registry);
    for (const char* name : {"e1", "w1"}) {
      host::NodeSpec node;
      node.name = name;
      node.config.node = name;
      world.add_node(std::move(node));
    }
    router.add_address(kEast, kE1);
    router.add_address(kWest, kW1);
    router.add_address(kRegistry, Site::registry(0));
  }

  void link(fault::LinkSpec spec) {
    world.add_link_rule({world.sites(), world.sites(), false, false, std::move(spec)});
  }
  static fault::LinkSpec latency(syncer::Duration mean) {
    fault::LinkSpec spec;
    fault::LatencySpec latency;
    latency.mean = mean;
    spec.latency = latency;
    return spec;
  }
  std::vector<Arrival> run(syncer::Duration time = seconds(5)) {
    world.run_until(world.now() + time);
    return std::exchange(arrived, {});
  }

  static constexpr Site kE1 = Site::node(0);
  static constexpr Site kW1 = Site::node(1);
  const Ends there{kEast, kWest, 40000, 30191};
  host::World world{7};
  std::vector<Arrival> arrived;
  Router router{world, [this](Site to, syncer::ByteView packet) {
                  arrived.push_back({world.now(), to, std::string(packet)});
                }};
};

TEST_F(RouterTest, APacketTakesTheTimeOfItsLink) {
  link(latency(milliseconds(20)));
  const std::string packet = test::udp(there, "hello");
  router.send(kE1, packet);
  const auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].at, syncer::Instant(milliseconds(20)));
  EXPECT_EQ(got[0].to, kW1);
  EXPECT_EQ(got[0].bytes, packet);
}

TEST_F(RouterTest, NobodyHasThatAddress) {
  router.send(kE1, test::udp({kEast, 1, 1, 1}, "hello"));
  router.send(kE1, "no packet");
  EXPECT_TRUE(run().empty());
}

TEST_F(RouterTest, RegistriesAreReachedLikeNodes) {
  router.send(kE1, test::tcp({kEast, kRegistry, 40000, 30100}, test::kSyn, 1, 0));
  const auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].to, Site::registry(0));
}

TEST_F(RouterTest, ACutStopsOneDirection) {
  const auto cut = world.partition(fault::one_way({kE1}, {kW1}, fault::BlockMode::Drop));
  router.send(kE1, test::udp(there, "lost"));
  router.send(kW1, test::udp(there.turned(), "comes"));
  auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].to, kE1);
  world.heal(cut);
  router.send(kE1, test::udp(there, "comes too"));
  EXPECT_EQ(run().size(), 1U);
}

TEST_F(RouterTest, WhatAJamKeepsComesWhenItIsOver) {
  const auto jam = world.partition(fault::one_way({kE1}, {kW1}, fault::BlockMode::Jam));
  router.send(kE1, test::udp(there, "late"));
  EXPECT_TRUE(run(seconds(30)).empty());
  world.heal(jam);
  const auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].at, syncer::Instant(seconds(30)));
}

TEST_F(RouterTest, ACutThatSlowsAddsItsTime) {
  auto slow = fault::one_way({kE1}, {kW1}, fault::BlockMode::Slow);
  slow.extra = seconds(2);
  world.partition(slow);
  router.send(kE1, test::udp(there, "late"));
  const auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_GT(got[0].at, syncer::Instant(seconds(2)));
}

TEST_F(RouterTest, LossesAreThoseOfTheLink) {
  fault::LinkSpec spec;
  spec.loss = syncer::Ratio{1, 4};
  link(spec);
  for (int i = 0; i < 4000; ++i) router.send(kE1, test::udp(there, "x"));
  const auto got = run();
  EXPECT_NEAR(static_cast<double>(got.size()), 3000, 150);
}

TEST_F(RouterTest, ADuplicateArrivesTwice) {
  fault::LinkSpec spec;
  spec.duplicate = syncer::Ratio{1, 1};
  link(spec);
  router.send(kE1, test::udp(there, "x"));
  EXPECT_EQ(run().size(), 2U);
}

TEST_F(RouterTest, ADatagramThatIsTooLongIsLostAndAStreamIsNot) {
  fault::LinkSpec spec;
  spec.mtu = 100;
  link(spec);
  router.send(kE1, test::udp(there, std::string(101, 'x')));
  EXPECT_TRUE(run().empty());
  router.send(kE1, test::udp(there, std::string(100, 'x')));
  router.send(kE1, test::tcp(there, test::kAck, 1, 1, std::string(1000, 'x')));
  EXPECT_EQ(run().size(), 2U);
}

TEST_F(RouterTest, StreamsKeepTheirOrderWhateverTheLinkDraws) {
  fault::LinkSpec spec;
  fault::LatencySpec latency;
  latency.shape = fault::Shape::Uniform;
  latency.min = milliseconds(1);
  latency.max = milliseconds(100);
  spec.latency = latency;
  link(spec);
  for (std::uint32_t i = 0; i < 200; ++i) router.send(kE1, test::tcp(there, test::kAck, i, 1, "x"));
  std::uint32_t next = 0;
  for (const Arrival& arrival : run()) EXPECT_EQ(parse_packet(arrival.bytes)->sequence, next++);
  EXPECT_EQ(next, 200U);
}

TEST_F(RouterTest, ARefusedConnectionIsReset) {
  fault::LinkSpec spec;
  spec.connect = fault::ConnectFate::Refuse;
  link(spec);
  router.send(kE1, test::tcp(there, test::kSyn, 500, 0));
  const auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].to, kE1);
  EXPECT_TRUE(parse_packet(got[0].bytes)->rst);
  EXPECT_EQ(parse_packet(got[0].bytes)->acknowledged, 501U);
  router.send(kE1, test::tcp(there, test::kAck, 501, 1, "x"));
  EXPECT_EQ(run().size(), 1U) << "open ones go on";
}

TEST_F(RouterTest, ANewConnectionHangs) {
  fault::LinkSpec spec;
  spec.connect = fault::ConnectFate::Hang;
  link(spec);
  router.send(kE1, test::tcp(there, test::kSyn, 500, 0));
  EXPECT_TRUE(run().empty());
}

TEST_F(RouterTest, AResetReachesBothEnds) {
  router.send(kE1, test::tcp(there, test::kAck, 10, 20, "x"));
  router.send(kW1, test::tcp(there.turned(), test::kAck, 20, 11, "y"));
  run();
  router.reset(kE1, kW1);
  const auto got = run();
  ASSERT_EQ(got.size(), 2U);
  for (const Arrival& arrival : got) EXPECT_TRUE(parse_packet(arrival.bytes)->rst);
  EXPECT_NE(got[0].to, got[1].to);
}

TEST_F(RouterTest, AHalfOpenConnectionIsSilentAndThenReset) {
  router.send(kE1, test::tcp(there, test::kAck, 10, 20, "x"));
  router.send(kW1, test::tcp(there.turned(), test::kAck, 20, 11, "y"));
  run(seconds(1));
  router.half_open(kE1, kW1, seconds(10));
  router.send(kE1, test::tcp(there, test::kAck, 11, 21, "x"));
  EXPECT_TRUE(run(seconds(10)).empty());
  router.send(kE1, test::tcp(there, test::kAck, 11, 21, "x"));
  const auto got = run();
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].to, kE1);
  EXPECT_TRUE(parse_packet(got[0].bytes)->rst);
}

TEST_F(RouterTest, AMachineThatSleepsGetsNothing) {
  world.suspend(1);
  router.send(kE1, test::udp(there, "x"));
  EXPECT_TRUE(run().empty());
}

}  // namespace
}  // namespace sim::real
