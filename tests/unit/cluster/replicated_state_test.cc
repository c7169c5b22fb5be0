// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/replicated_state.h"

#include <gtest/gtest.h>

namespace syncer::cluster {
namespace {

const wire::VoterSlot kSlot{"e1", 7, Endpoint::v4(10, 0, 0, 1, 30192)};

std::vector<Command> commands() {
  const NoteGuard note{GuardSide::Receiver, "west", true, std::chrono::seconds(90), 30};
  return {RaiseGeneration{9},    ReassignSlot{kSlot}, note, ReleaseGuard{"*"}, UseKey{"12ab34cd"},
          RemoveKey{"00ff00ff"}, ForgetRegion{"west"}};
}

TEST(Command, SurvivesTheLog) {
  for (const Command& command : commands()) {
    const auto decoded = decode_command(encode_command(command));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, command);
  }
}

TEST(Command, IsRefusedWhenAnythingIsMissingOrLeftOver) {
  for (const Command& command : commands()) {
    const Bytes bytes = encode_command(command);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_command(ByteView(bytes).substr(0, size)));
    }
    EXPECT_FALSE(decode_command(bytes + "x"));
  }
}

TEST(Command, OfAGuardThatCountedIsReadAndSaysNothing) {
  ReplicatedState state;
  // Kind, side, name, flag, age, baseline, held: as earlier versions wrote it.
  const auto former = decode_command(Bytes("\x03\x01\x04west\x01\x05\x1e\x18", 11));
  ASSERT_TRUE(former);
  apply(instant(0), 1, *former, state);
  EXPECT_TRUE(state.guards.empty());
}

TEST(Command, OfALaterVersionIsNotSkipped) { EXPECT_EQ(decode_command("\x63").error().code, ErrorCode::Unsupported); }

TEST(ReplicatedState, SurvivesASnapshot) {
  ReplicatedState state;
  state.generation = 4;
  state.slots = {kSlot};
  state.list_version = 12;
  const Instant noon = instant(0) + std::chrono::hours(12);
  state.guards = {{GuardSide::Sender, "east", true, noon + std::chrono::seconds(90), 30, false, instant(0)},
                  {GuardSide::Receiver, "west", false, noon, 9, true, noon - std::chrono::seconds(5)}};
  state.key_in_use = "12ab34cd";
  state.removed_keys = {"00ff00ff"};
  const Bytes bytes = encode_state(noon, state);
  EXPECT_EQ(decode_state(noon, bytes).value(), state);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_state(noon, ByteView(bytes).substr(0, size)));
  }
  EXPECT_EQ(decode_state(noon, "\x63").error().code, ErrorCode::Unsupported);
}

TEST(ReplicatedState, OfAFormerVersionIsReadAndOfNoneIsNot) {
  ReplicatedState state;
  state.generation = 4;
  state.slots = {kSlot};
  Bytes bytes = encode_state(instant(0), state);
  bytes[0] = 1;
  EXPECT_EQ(decode_state(instant(0), bytes).value(), state) << "without guards the two look the same";
  for (const char unknown : {0, 3}) {
    bytes[0] = unknown;
    EXPECT_EQ(decode_state(instant(0), bytes).error().code, ErrorCode::Unsupported);
  }
}

TEST(ReplicatedState, StaysWhatItIsWhenASnapshotIsDamaged) {
  ReplicatedState state;
  state.generation = 4;
  const ReplicatedState before = state;
  ReplicatedState sent;
  sent.generation = 9;
  const Bytes bytes = encode_state(instant(0), sent);
  EXPECT_EQ(restore_state(instant(0), bytes + "x", state).error().code, ErrorCode::Corrupt);
  EXPECT_EQ(state, before);
  EXPECT_TRUE(restore_state(instant(0), bytes, state));
  EXPECT_EQ(state, sent);
}

TEST(ReplicatedState, KeepsTheNewerListWhenASnapshotHasAnOlderOne) {
  ReplicatedState state;
  state.slots = {kSlot};
  state.list_version = 12;
  ReplicatedState sent;
  sent.slots = {{"e2", 8, Endpoint::v4(10, 0, 0, 2, 30192)}};
  for (const std::uint64_t version : {11U, 12U}) {
    sent.list_version = version;
    EXPECT_FALSE(restore_state(instant(0), encode_state(instant(0), sent), state).value());
    EXPECT_EQ(state.slots, std::vector{kSlot});
    EXPECT_EQ(state.list_version, 12U);
  }
  sent.list_version = 13;
  EXPECT_TRUE(restore_state(instant(0), encode_state(instant(0), sent), state).value());
  EXPECT_EQ(state.slots, sent.slots);
  EXPECT_EQ(state.list_version, 13U);
}

TEST(ReplicatedState, KeepsTheTimeThatIsLeftOnAnotherClock) {
  ReplicatedState state;
  apply(instant(1'000), 1, NoteGuard{GuardSide::Sender, "east", true, std::chrono::seconds(90), 30}, state);
  const Instant elsewhere = instant(5) + std::chrono::hours(3);
  const ReplicatedState read = decode_state(elsewhere, encode_state(instant(1'000), state)).value();
  EXPECT_EQ(read.guards.at(0).until, elsewhere + std::chrono::seconds(90));
}

TEST(ReplicatedState, RemembersWhatAnOperatorLetGo) {
  ReplicatedState state;
  const Instant now = instant(0) + std::chrono::hours(1);
  apply(now, 1, NoteGuard{GuardSide::Receiver, "west", true, {}, 30}, state);
  apply(now, 1, ReleaseGuard{"north"}, state);
  EXPECT_TRUE(state.guards.at(0).holding);
  apply(now, 1, ReleaseGuard{"*"}, state);
  apply(now, 1, NoteGuard{GuardSide::Receiver, "west", false}, state);
  EXPECT_FALSE(state.guards.at(0).holding);
  EXPECT_TRUE(state.guards.at(0).released);
}

TEST(ReplicatedState, ForgetsAGuardThatLetGoByItself) {
  ReplicatedState state;
  apply(instant(0), 1, NoteGuard{GuardSide::Sender, "east", true, {}, 30}, state);
  apply(instant(0), 1, NoteGuard{GuardSide::Sender, "east", false}, state);
  EXPECT_TRUE(state.guards.empty());
}

TEST(ReplicatedState, HasAGenerationThatAnEpochCanHave) {
  ReplicatedState state;
  apply(instant(0), 1, RaiseGeneration{9}, state);
  for (const std::uint64_t nonsense : {std::uint64_t{1} << 62U, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
    apply(instant(0), 2, RaiseGeneration{nonsense}, state);
    EXPECT_EQ(state.generation, 9U);
    ReplicatedState sent;
    sent.generation = nonsense;
    EXPECT_TRUE(restore_state(instant(0), encode_state(instant(0), sent), state));
    EXPECT_EQ(state.generation, 9U);
  }
}

TEST(ReplicatedState, CanBeReadAgainHoweverOldAReleaseIs) {
  const Duration longest(std::int64_t{1} << 62U);
  ReplicatedState state;
  state.guards = {{GuardSide::Sender, "east", false, instant(0), 30, true, instant(0) - longest}};
  const Bytes first = encode_state(instant(0), state);
  ReplicatedState read = decode_state(instant(0), first).value();
  const Bytes second = encode_state(instant(0) + std::chrono::hours(1), read);
  EXPECT_TRUE(decode_state(instant(0), second));
}

TEST(ReplicatedState, RemovesNoKeyThatSealsAndSealsWithNoneThatIsRemoved) {
  ReplicatedState state;
  apply(instant(0), 1, UseKey{"new"}, state);
  apply(instant(0), 1, RemoveKey{"new"}, state);
  EXPECT_TRUE(state.removed_keys.empty());
  apply(instant(0), 1, RemoveKey{"old"}, state);
  apply(instant(0), 1, UseKey{"old"}, state);
  EXPECT_EQ(state.key_in_use, "new");
}

TEST(ReplicatedState, StaysBounded) {
  ReplicatedState state;
  for (int i = 0; i < 1000; ++i) apply(instant(0), 1, RemoveKey{std::to_string(i)}, state);
  EXPECT_EQ(state.removed_keys.size(), wire::kMaxKeyIds);
  EXPECT_EQ(state.removed_keys.back(), "999");
  for (int i = 0; i < 1000; ++i) apply(instant(0), 1, NoteGuard{GuardSide::Receiver, std::to_string(i), true}, state);
  EXPECT_EQ(state.guards.size(), kMaxGuards);
}

TEST(ReplicatedState, FindsRoomForAGuardWhenReleasesAreOver) {
  ReplicatedState state;
  for (std::size_t i = 0; i < kMaxGuards; ++i) {
    apply(instant(0), 1, NoteGuard{GuardSide::Receiver, std::to_string(i), true}, state);
  }
  apply(instant(0), 1, ReleaseGuard{"*"}, state);
  const NoteGuard next{GuardSide::Receiver, "next", true};
  apply(instant(0) + replication::kReleaseLasts - Duration(1), 1, next, state);
  EXPECT_EQ(state.guards.size(), kMaxGuards) << "the releases are in force";
  EXPECT_TRUE(state.guards.back().released);
  apply(instant(0) + replication::kReleaseLasts, 1, next, state);
  ASSERT_EQ(state.guards.size(), 1U);
  EXPECT_EQ(state.guards.back().region, "next");
}

}  // namespace
}  // namespace syncer::cluster
