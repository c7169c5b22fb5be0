// SPDX-License-Identifier: Apache-2.0
#include "sim/real/router/connections.h"

#include <gtest/gtest.h>

#include "tests/unit/sim_real/packets.h"

namespace sim::real {
namespace {

using std::chrono::seconds;
using test::kEast;
using test::kWest;

const Ends kThere{kEast, kWest, 40000, 30191};
const Ends kBack = kThere.turned();

IpPacket read(const std::string& bytes) { return *parse_packet(bytes); }

Connections one_open() {
  Connections connections;
  connections.note(read(test::tcp(kThere, test::kSyn, 100, 0)));
  connections.note(read(test::tcp(kBack, test::kSyn | test::kAck, 900, 101)));
  connections.note(read(test::tcp(kThere, test::kAck, 101, 901, "abc")));
  return connections;
}

const Connections::Meant kAll = [](const Ends&) { return true; };

TEST(Connections, AreResetWithTheNumbersThatEachEndExpects) {
  Connections connections = one_open();
  std::map<Ends, std::uint32_t> sequence;
  for (const auto& bytes : connections.reset(kAll)) sequence[read(bytes).ends] = read(bytes).sequence;
  EXPECT_EQ(sequence, (std::map<Ends, std::uint32_t>{{kBack, 901}, {kThere, 101}}));
  EXPECT_EQ(connections.size(), 0U);
  EXPECT_TRUE(connections.reset(kAll).empty()) << "they are over";
}

TEST(Connections, OnlyThoseThatAreMeantAreReset) {
  Connections connections = one_open();
  EXPECT_TRUE(connections.reset([](const Ends&) { return false; }).empty());
  EXPECT_EQ(connections.size(), 2U);
}

TEST(Connections, OfADeadOneNothingIsHeardAndThenAReset) {
  Connections connections = one_open();
  connections.kill(kAll, syncer::Instant(seconds(20)));
  const IpPacket more = read(test::tcp(kThere, test::kAck, 104, 901, "def"));
  const auto early = connections.dead(more, syncer::Instant(seconds(19)));
  ASSERT_TRUE(early);
  EXPECT_FALSE(early->reset);
  const auto late = connections.dead(more, syncer::Instant(seconds(20)));
  ASSERT_TRUE(late);
  ASSERT_TRUE(late->reset);
  EXPECT_EQ(read(*late->reset).ends, kBack);
  EXPECT_EQ(read(*late->reset).sequence, 901U);
}

TEST(Connections, ANewOneOverTheSamePortsLives) {
  Connections connections = one_open();
  connections.kill(kAll, syncer::Instant(seconds(20)));
  const IpPacket again = read(test::tcp(kThere, test::kSyn, 5000, 0));
  EXPECT_FALSE(connections.dead(again, syncer::Instant(seconds(1))));
  connections.note(again);
  EXPECT_FALSE(connections.dead(read(test::tcp(kThere, test::kAck, 5001, 1, "x")), syncer::Instant(seconds(1))));
}

TEST(Connections, ThatAreOverAreForgotten) {
  Connections connections = one_open();
  connections.note(read(reset_packet(kThere, 104, 901)));
  EXPECT_EQ(connections.size(), 0U);
}

TEST(Connections, AreBounded) {
  Connections connections;
  for (std::uint32_t i = 0; i < 70000; ++i) {
    const Ends ends{kEast + i / 60000, kWest, static_cast<std::uint16_t>(1 + i % 60000), 30191};
    connections.note(read(test::tcp(ends, test::kSyn, 1, 0)));
  }
  EXPECT_LE(connections.size(), 65536U);
}

}  // namespace
}  // namespace sim::real
