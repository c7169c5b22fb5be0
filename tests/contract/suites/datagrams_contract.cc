// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "tests/contract/suites/harness.h"

namespace contract {
namespace {

TEST_P(DatagramsContract, APacketArrivesWholeWithItsSender) {
  harness_->datagrams(0).send(harness_->address(1), syncer::Bytes("a\0b", 3));
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->arrived(1).empty(); }));
  EXPECT_EQ(harness_->arrived(1)[0].bytes, syncer::Bytes("a\0b", 3));
  EXPECT_EQ(harness_->arrived(1)[0].from, harness_->address(0));
}

TEST_P(DatagramsContract, AnAnswerToTheSenderReachesIt) {
  harness_->datagrams(0).send(harness_->address(1), "ping");
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->arrived(1).empty(); }));
  harness_->datagrams(1).send(harness_->arrived(1)[0].from, "pong");
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->arrived(0).empty(); }));
  EXPECT_EQ(harness_->arrived(0)[0].bytes, "pong");
}

TEST_P(DatagramsContract, PacketsKeepTheirBounds) {
  for (const char* text : {"one", "two", "three"}) harness_->datagrams(0).send(harness_->address(1), text);
  ASSERT_TRUE(harness_->run_until([&] { return harness_->arrived(1).size() == 3; }));
  std::vector<std::string> got;
  for (const Packet& packet : harness_->arrived(1)) got.push_back(packet.bytes);
  std::sort(got.begin(), got.end());
  EXPECT_EQ(got, (std::vector<std::string>{"one", "three", "two"}));
}

TEST_P(DatagramsContract, APacketOfTheLargestGossipSizeArrives) {
  const syncer::Bytes large(1400, 'x');
  harness_->datagrams(0).send(harness_->address(1), large);
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->arrived(1).empty(); }));
  EXPECT_EQ(harness_->arrived(1)[0].bytes, large);
}

TEST_P(DatagramsContract, APacketToNobodyIsLostAndHarmsNobody) {
  harness_->datagrams(0).send(harness_->nobody(), "lost");
  harness_->datagrams(0).send(harness_->nobody(), "lost as well");
  harness_->datagrams(0).send(harness_->address(1), "kept");
  ASSERT_TRUE(harness_->run_until([&] { return !harness_->arrived(1).empty(); }));
  EXPECT_EQ(harness_->arrived(1)[0].bytes, "kept");
}

}  // namespace
}  // namespace contract
