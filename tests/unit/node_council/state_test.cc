// SPDX-License-Identifier: Apache-2.0
#include "syncer/node/council_state.h"

#include <gtest/gtest.h>

namespace syncer::node {
namespace {

const wire::Seat kSeat{"e1", 7, Endpoint::v4(10, 0, 0, 1, 30192)};

std::vector<CouncilCommand> commands() { return {RaiseGeneration{9}, GiveSeat{kSeat}}; }

TEST(CouncilCommand, SaysWhatItWasToldToSay) {
  for (const CouncilCommand& command : commands()) {
    const auto decoded = decode_command(encode_command(command));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, command);
  }
}

TEST(CouncilCommand, IsRefusedWhenAnythingIsMissingOrLeftOver) {
  for (const CouncilCommand& command : commands()) {
    const Bytes octets = encode_command(command);
    for (std::size_t size = 0; size < octets.size(); ++size) {
      EXPECT_FALSE(decode_command(ByteView(octets).substr(0, size)));
    }
    EXPECT_FALSE(decode_command(octets + "x"));
  }
}

TEST(CouncilCommand, OfALaterVersionIsNotSkipped) {
  EXPECT_EQ(decode_command("\x63").error().code, ErrorCode::Unsupported);
}

TEST(CouncilState, SurvivesASnapshot) {
  CouncilState state;
  state.generation = 4;
  state.seats = {kSeat};
  state.listed = 12;
  const Bytes octets = encode_state(state);
  EXPECT_EQ(decode_state(octets).value(), state);
  for (std::size_t size = 0; size < octets.size(); ++size) EXPECT_FALSE(decode_state(ByteView(octets).substr(0, size)));
  EXPECT_EQ(decode_state("\x63").error().code, ErrorCode::Unsupported);
}

}  // namespace
}  // namespace syncer::node
