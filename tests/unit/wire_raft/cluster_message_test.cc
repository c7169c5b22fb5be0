// SPDX-License-Identifier: Apache-2.0
#include "syncer/wire/raft/cluster_message.h"

#include <gtest/gtest.h>

#include "syncer/wire/frame/frame.h"
#include "syncer/wire/sync/message.h"

namespace syncer::wire {
namespace {

VoterSlot slot(const std::string& node, std::uint64_t disk) { return {node, disk, Endpoint::v4(10, 0, 0, 1, 30192)}; }

std::vector<ClusterMessage> examples() {
  raft::Message beat;
  beat.from = {1};
  beat.to = {2};
  beat.term = 7;
  return {ClusterHello{"east", "e1", 11, VoterStage::Fresh, {}},
          ClusterHello{"east", "e1", 11, VoterStage::Voting, {slot("e1", 11), slot("e2", 12), slot("e3", 13)}},
          ClusterHello{"east", "e1", 11, VoterStage::Voting, {slot("e1", 11)}, 5, 6, 7, {"12ab34cd", "00ff00ff"}},
          Pulse{false},
          Pulse{true},
          beat};
}

/// Type and body of the one frame.
std::pair<std::uint8_t, Bytes> taken_apart(const Bytes& frame) {
  const Bytes stream = preamble(kClusterProtocol) + frame;
  FrameReader reader(kClusterProtocol);
  ByteView input = stream;
  const auto read = reader.next(input);
  return {(*read)->type, Bytes((*read)->body)};
}

TEST(ClusterMessage, SurvivesTheWire) {
  for (const ClusterMessage& message : examples()) {
    const auto [type, body] = taken_apart(encode_cluster(message));
    const auto decoded = decode_cluster(type, body);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, message);
  }
}

TEST(ClusterMessage, IsRefusedWhenAnythingIsMissingOrLeftOver) {
  for (const ClusterMessage& message : examples()) {
    const auto [type, body] = taken_apart(encode_cluster(message));
    for (std::size_t size = 0; size < body.size(); ++size) {
      EXPECT_FALSE(decode_cluster(type, ByteView(body).substr(0, size)));
    }
    EXPECT_FALSE(decode_cluster(type, body + "x"));
  }
  EXPECT_FALSE(decode_cluster(99, ""));
}

TEST(ClusterMessage, CarriesAKeyOfALengthThatKeysHave) {
  const auto [type, body] = taken_apart(encode_cluster(KeyShare{Bytes(32, 'k')}));
  EXPECT_EQ(decode_cluster(type, body).value(), ClusterMessage(KeyShare{Bytes(32, 'k')}));
  EXPECT_FALSE(decode_cluster(type, ""));
  EXPECT_FALSE(decode_cluster(type, Bytes(33, 'k')));
}

TEST(ClusterMessage, NeverHoldsMoreSlotsThanAGroupMayHave) {
  std::vector<VoterSlot> many;
  for (std::uint64_t i = 0; i < 8; ++i) many.push_back(slot("e" + std::to_string(i), i));
  const auto [type, body] = taken_apart(encode_cluster(ClusterHello{"east", "e1", 1, VoterStage::Voting, many}));
  EXPECT_FALSE(decode_cluster(type, body));
}

TEST(ClusterStream, IsNoSyncStream) {
  const Bytes stream = preamble(kSyncProtocol);
  FrameReader reader(kClusterProtocol);
  ByteView input = stream;
  const auto read = reader.next(input);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().detail, "not a cluster stream");
}

}  // namespace
}  // namespace syncer::wire
