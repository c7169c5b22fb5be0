// SPDX-License-Identifier: Apache-2.0
#include "sim/real/router/ip_packet.h"

#include <gtest/gtest.h>

#include "tests/unit/sim_real/packets.h"

namespace sim::real {
namespace {

using test::kEast;
using test::kWest;

const Ends kEnds{kEast, kWest, 30190, 30191};

TEST(IpPacket, OfUdpTellsItsEndsAndWhatItCarries) {
  const auto packet = parse_packet(test::udp(kEnds, "hello"));
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->ends, kEnds);
  EXPECT_EQ(packet->transport, Transport::Udp);
  EXPECT_EQ(packet->payload, 28U);
  EXPECT_EQ(packet->payload_size, 5U);
}

TEST(IpPacket, OfTcpTellsItsNumbersAndFlags) {
  const auto packet = parse_packet(test::tcp(kEnds, test::kSyn | test::kAck, 1000, 77, "abc"));
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->transport, Transport::Tcp);
  EXPECT_TRUE(packet->syn);
  EXPECT_TRUE(packet->ack);
  EXPECT_FALSE(packet->fin);
  EXPECT_FALSE(packet->rst);
  EXPECT_EQ(packet->acknowledged, 77U);
  EXPECT_EQ(packet->next_sequence(), 1004U) << "a SYN takes a number";
}

TEST(IpPacket, ALaterFragmentHasNoPorts) {
  std::string bytes = test::udp(kEnds, "hello");
  test::put(bytes, 6, 0x00b9, 2);
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->transport, Transport::Other);
  EXPECT_EQ(packet->ends.to_port, 0);
  EXPECT_EQ(packet->payload_size, 13U);
}

TEST(IpPacket, WhatIsNotWholeIsNone) {
  const std::string whole = test::tcp(kEnds, test::kAck, 1, 1, "abc");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse_packet(whole.substr(0, size))) << size;
  EXPECT_TRUE(parse_packet(whole));
  std::string v6 = whole;
  v6[0] = '\x65';
  EXPECT_FALSE(parse_packet(v6));
  std::string short_header = whole;
  short_header[0] = '\x44';
  EXPECT_FALSE(parse_packet(short_header));
  std::string long_tcp = whole;
  long_tcp[32] = '\xf0';
  EXPECT_FALSE(parse_packet(long_tcp)) << "its TCP header is longer than the packet";
}

TEST(IpPacket, DamageOfADatagramReachesTheProgram) {
  const std::string sent = test::udp(kEnds, "hello");
  std::string damaged = sent;
  corrupt(damaged, *parse_packet(sent), syncer::Random(7));
  EXPECT_EQ(damaged.size(), sent.size());
  EXPECT_EQ(damaged.substr(0, 26), sent.substr(0, 26)) << "addresses and ports stay";
  EXPECT_EQ(damaged.substr(26, 2), std::string(2, '\0')) << "without a sum the kernel passes it on";
  EXPECT_NE(damaged.substr(28), sent.substr(28));
}

TEST(IpPacket, DamageOfTcpIsForTheKernelToSee) {
  const std::string sent = test::tcp(kEnds, test::kAck, 1, 1, "abc");
  std::string damaged = sent;
  corrupt(damaged, *parse_packet(sent), syncer::Random(7));
  EXPECT_EQ(damaged.substr(0, 40), sent.substr(0, 40));
  EXPECT_NE(damaged.substr(40), sent.substr(40));
}

/// RFC 1071: over bytes with their own sum the sum is all ones.
std::uint16_t sum(const std::string& bytes, std::uint32_t begin) {
  std::uint32_t all = begin;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    all += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]) << 8U) +
           static_cast<unsigned char>(bytes[i + 1]);
  }
  while (all > 0xffffU) all = (all & 0xffffU) + (all >> 16U);
  return static_cast<std::uint16_t>(all);
}

TEST(IpPacket, AResetHasItsSumsRight) {
  const std::string bytes = reset_packet(kEnds, 4711, 4712);
  EXPECT_EQ(sum(bytes.substr(0, 20), 0), 0xffff);
  EXPECT_EQ(sum(bytes.substr(20), sum(bytes.substr(12, 8), 0) + 6U + 20U), 0xffff);
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->ends, kEnds);
  EXPECT_TRUE(packet->rst);
  EXPECT_TRUE(packet->ack);
  EXPECT_EQ(packet->sequence, 4711U);
  EXPECT_EQ(packet->acknowledged, 4712U);
}

}  // namespace
}  // namespace sim::real
