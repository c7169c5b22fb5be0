// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/log_rules.h"

#include <gtest/gtest.h>

#include <set>

namespace syncer::cluster {
namespace {

const Endpoint kAnywhere = Endpoint::v4(10, 0, 0, 1, 30192);

/// A voter that knows three of them, of which some are there.
struct Voter {
  Voter() {
    state.slots = {{"e1", 7, kAnywhere}, {"e2", 8, kAnywhere}, {"e3", 9, kAnywhere}};
    state.list_version = 12;
    state.generation = 4;
  }
  std::string objection(const raft::Message& message) const {
    return objection_to(instant(0), message,
                        {state, blank, [this](const wire::VoterSlot& slot) { return there.count(slot.node) != 0; },
                         [this](raft::Index version) { return held >= version; }});
  }
  std::string to_entries(const std::vector<Command>& commands,
                         raft::MessageType type = raft::MessageType::Append) const {
    raft::Message message;
    message.type = type;
    for (const Command& command : commands) {
      message.entries.push_back({1, 21 + message.entries.size(), encode_command(command)});
    }
    return objection(message);
  }
  std::string to_snapshot(const ReplicatedState& sent, raft::Index at = 100) const {
    raft::Message message;
    message.type = raft::MessageType::InstallSnapshot;
    message.snapshot = raft::Snapshot{{1, at}, encode_state(instant(0), sent)};
    return objection(message);
  }
  /// Its own list, in which this voter has another disk.
  ReplicatedState with_another_disk(std::size_t voter) const {
    ReplicatedState sent = state;
    sent.slots.at(voter).disk = 99;
    sent.list_version = 50;
    return sent;
  }

  ReplicatedState state;
  bool blank = false;
  std::set<std::string> there = {"e1", "e2"};
  raft::Index held = 12;
};

raft::Message carrying(raft::MessageType type, const Bytes& command) {
  raft::Message message;
  message.type = type;
  message.entries = {{1, 1, command}};
  return message;
}

std::vector<Command> loggable() {
  const NoteGuard note{GuardSide::Receiver, "west", true, std::chrono::seconds(90), 30};
  return {RaiseGeneration{9},
          ReassignSlot{{"e3", 10, kAnywhere}},
          note,
          ReleaseGuard{"*"},
          UseKey{"12ab34cd"},
          RemoveKey{"00ff00ff"},
          ForgetRegion{"west"}};
}

TEST(Command, ThatNobodyCanReadIsNeverLogged) {
  const Voter voter;
  EXPECT_NE(voter.objection(carrying(raft::MessageType::Append, "nonsense")), "");
  EXPECT_EQ(voter.objection(carrying(raft::MessageType::Append, "")), "");
  for (const Command& command : loggable()) EXPECT_EQ(voter.to_entries({command}), "");
}

TEST(Command, ThatOnlyALeaderGivesIsNotTakenFromAFollower) {
  const auto objection = [](const Command& command) {
    return Voter().to_entries({command}, raft::MessageType::Propose);
  };
  EXPECT_NE(objection(RaiseGeneration{9}), "");
  EXPECT_NE(objection(ReassignSlot{{"e3", 10, kAnywhere}}), "");
  EXPECT_EQ(objection(ReleaseGuard{"*"}), "");
  EXPECT_EQ(objection(ForgetRegion{"west"}), "");
  EXPECT_EQ(objection(UseKey{"12ab34cd"}), "");
}

TEST(LogRules, LetNobodyHandOverTheLeadershipOfAnother) {
  raft::Message message;
  message.type = raft::MessageType::Transfer;
  message.target = {3};
  EXPECT_NE(Voter().objection(message), "");
}

TEST(LogRules, HoldAGenerationInBoundsAndNearTheKnownOne) {
  Voter voter;
  EXPECT_EQ(voter.to_entries({RaiseGeneration{4 + kMaxGenerationStep}}), "");
  EXPECT_NE(voter.to_entries({RaiseGeneration{5 + kMaxGenerationStep}}), "");
  EXPECT_EQ(voter.to_entries({RaiseGeneration{kMaxGenerationStep}, RaiseGeneration{2 * kMaxGenerationStep}}), "")
      << "one step after the other";
  ReplicatedState sent = voter.state;
  for (const bool blank : {false, true}) {
    voter.blank = blank;
    sent.generation = 5 + kMaxGenerationStep;
    EXPECT_EQ(voter.to_snapshot(sent) == "", blank) << "a new disk of an old group";
    for (const std::uint64_t nonsense : {std::uint64_t{1} << 62U, std::uint64_t{1} << 63U, ~std::uint64_t{0}}) {
      sent.generation = nonsense;
      EXPECT_NE(voter.to_snapshot(sent), "");
      EXPECT_NE(voter.to_entries({RaiseGeneration{nonsense}}), "");
    }
  }
}

TEST(LogRules, TakeASnapshotOfTheSameVotersAlone) {
  const Voter voter;
  ReplicatedState sent = voter.state;
  EXPECT_EQ(voter.to_snapshot(sent), "");
  for (const std::vector<std::string>& names :
       {std::vector<std::string>{"x1", "x2", "x3"}, {"e2", "e1", "e3"}, {"e1", "e2"}, {"e1", "e2", "e3", "e4"}, {}}) {
    sent.slots.clear();
    for (const std::string& name : names) sent.slots.push_back({name, 7, kAnywhere});
    for (const raft::Index version : {12U, 50U}) {
      sent.list_version = version;
      EXPECT_NE(voter.to_snapshot(sent), "") << names.size();
    }
  }
}

TEST(LogRules, TakeNoListThatIsLaterThanItsSnapshotUnlessOthersHoldIt) {
  Voter voter;
  ReplicatedState sent = voter.state;
  sent.list_version = std::uint64_t{1} << 40U;
  EXPECT_NE(voter.to_snapshot(sent), "");
  sent.list_version = 101;
  EXPECT_NE(voter.to_snapshot(sent), "");
  voter.held = 101;
  EXPECT_EQ(voter.to_snapshot(sent), "");
}

TEST(LogRules, GiveNoSlotAwayWhoseDiskIsThere) {
  Voter voter;
  for (const auto& [node, index] : {std::pair{"e1", 0U}, std::pair{"e2", 1U}}) {
    const ReassignSlot given{{node, 99, kAnywhere}};
    voter.held = 12;
    EXPECT_NE(voter.to_entries({given}), "") << node;
    EXPECT_NE(voter.to_snapshot(voter.with_another_disk(index)), "") << node;
    voter.held = 50;
    EXPECT_EQ(voter.to_entries({given}), "") << "the others have agreed";
    EXPECT_EQ(voter.to_snapshot(voter.with_another_disk(index)), "");
  }
}

TEST(LogRules, GiveASlotAwayWhoseDiskIsGone) {
  const Voter voter;
  EXPECT_EQ(voter.to_entries({ReassignSlot{{"e3", 99, kAnywhere}}}), "");
  EXPECT_EQ(voter.to_snapshot(voter.with_another_disk(2)), "");
}

TEST(LogRules, LetPassWhatTheListContainsAlready) {
  Voter voter;
  voter.state.list_version = 30;
  EXPECT_EQ(voter.to_entries({ReassignSlot{{"e1", 99, kAnywhere}}}), "") << "entry 21 is behind the list of this disk";
}

}  // namespace
}  // namespace syncer::cluster
