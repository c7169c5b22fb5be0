// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/state.h"

#include <gtest/gtest.h>

namespace syncer::cluster {
namespace {

const wire::Seat kSeat{"e1", 7, Endpoint::v4(10, 0, 0, 1, 30192)};

std::vector<ClusterCommand> commands() {
  const NoteGuard note{GuardSide::Receiver, "west", true, std::chrono::seconds(90), 30, 24};
  return {RaiseGeneration{9}, GiveSeat{kSeat}, note, ReleaseGuard{"*"}, UseKey{"12ab34cd"}, RemoveKey{"00ff00ff"}};
}

TEST(ClusterCommand, SaysWhatItWasToldToSay) {
  for (const ClusterCommand& command : commands()) {
    const auto decoded = decode_command(encode_command(command));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, command);
  }
}

TEST(ClusterCommand, IsRefusedWhenAnythingIsMissingOrLeftOver) {
  for (const ClusterCommand& command : commands()) {
    const Bytes octets = encode_command(command);
    for (std::size_t size = 0; size < octets.size(); ++size) {
      EXPECT_FALSE(decode_command(ByteView(octets).substr(0, size)));
    }
    EXPECT_FALSE(decode_command(octets + "x"));
  }
}

TEST(ClusterCommand, OfALaterVersionIsNotSkipped) {
  EXPECT_EQ(decode_command("\x63").error().code, ErrorCode::Unsupported);
}

TEST(ClusterState, SurvivesASnapshot) {
  ClusterState state;
  state.generation = 4;
  state.seats = {kSeat};
  state.listed = 12;
  const Instant noon = instant(0) + std::chrono::hours(12);
  state.guards = {{GuardSide::Sender, "east", true, noon - std::chrono::seconds(90), 30, 24, 0, {}},
                  {GuardSide::Receiver, "west", false, {}, 9, 7, 7, noon - std::chrono::seconds(5)}};
  state.key_in_use = "12ab34cd";
  state.removed_keys = {"00ff00ff"};
  const Bytes octets = encode_state(noon, state);
  EXPECT_EQ(decode_state(noon, octets).value(), state);
  for (std::size_t size = 0; size < octets.size(); ++size) {
    EXPECT_FALSE(decode_state(noon, ByteView(octets).substr(0, size)));
  }
  EXPECT_EQ(decode_state(noon, "\x63").error().code, ErrorCode::Unsupported);
}

TEST(ClusterState, KeepsTheAgeOfAFreezeOnAnotherClock) {
  ClusterState state;
  apply(instant(1'000), NoteGuard{GuardSide::Sender, "east", true, std::chrono::seconds(90), 30, 24}, state);
  const Instant elsewhere = instant(5) + std::chrono::hours(3);
  const ClusterState read = decode_state(elsewhere, encode_state(instant(1'000), state)).value();
  EXPECT_EQ(read.guards.at(0).since, elsewhere - std::chrono::seconds(90));
}

TEST(ClusterState, RemembersWhatAnOperatorLetGo) {
  ClusterState state;
  const Instant now = instant(0) + std::chrono::hours(1);
  apply(now, NoteGuard{GuardSide::Receiver, "west", true, {}, 30, 24}, state);
  apply(now, ReleaseGuard{"north"}, state);
  EXPECT_TRUE(state.guards.at(0).frozen);
  apply(now, ReleaseGuard{"*"}, state);
  apply(now, NoteGuard{GuardSide::Receiver, "west", false}, state);
  EXPECT_FALSE(state.guards.at(0).frozen);
  EXPECT_EQ(state.guards.at(0).released, 24U);
}

TEST(ClusterState, ForgetsAGuardThatThawedByItself) {
  ClusterState state;
  apply(instant(0), NoteGuard{GuardSide::Sender, "east", true, {}, 30, 24}, state);
  apply(instant(0), NoteGuard{GuardSide::Sender, "east", false}, state);
  EXPECT_TRUE(state.guards.empty());
}

TEST(ClusterState, RemovesNoKeyThatSealsAndSealsWithNoneThatIsRemoved) {
  ClusterState state;
  apply(UseKey{"new"}, state);
  apply(RemoveKey{"new"}, state);
  EXPECT_TRUE(state.removed_keys.empty());
  apply(RemoveKey{"old"}, state);
  apply(UseKey{"old"}, state);
  EXPECT_EQ(state.key_in_use, "new");
}

TEST(ClusterState, StaysBounded) {
  ClusterState state;
  for (int i = 0; i < 1000; ++i) apply(RemoveKey{std::to_string(i)}, state);
  EXPECT_EQ(state.removed_keys.size(), wire::kMaxKeyIds);
  EXPECT_EQ(state.removed_keys.back(), "999");
  for (int i = 0; i < 1000; ++i) apply(instant(0), NoteGuard{GuardSide::Receiver, std::to_string(i), true}, state);
  EXPECT_EQ(state.guards.size(), kMaxGuards);
}

}  // namespace
}  // namespace syncer::cluster
