// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "syncer/raft/raft_node.h"
#include "syncer/raft/store.h"
#include "tests/unit/raft/subject.h"

namespace syncer::raft {
namespace {

/// A RaftNode with its outputs, and a disk that completes on demand.
struct Wrapped {
  explicit Wrapped(Options options = test_options(), Stored stored = {}, std::size_t voters = 3)
      : raft(kSelf, Subject::group(voters), options, Random(1), now, std::move(stored)) {}

  template <class T>
  std::vector<T> all() const {
    std::vector<T> out;
    for (const Output& output : outputs) {
      if (const T* found = std::get_if<T>(&output)) out.push_back(*found);
    }
    return out;
  }
  void receive(const Message& m) { raft.receive(now, m.from, m, outputs); }
  void persisted() { raft.on_persisted(now, outputs); }
  /// Leads at term 1, in step with all, nothing outstanding.
  void lead() {
    now += 2 * kTimeout;
    raft.advance(now, outputs);
    for (const VoterId id : {kTwo, kThree}) receive(message(MessageType::PreVoteResponse, id, 1));
    persisted();
    for (const VoterId id : {kTwo, kThree}) receive(message(MessageType::VoteResponse, id, 1));
    persisted();
    for (const VoterId id : {kTwo, kThree}) {
      Message done = acknowledge(id, 1, 1);
      done.sent_at = now;
      receive(done);
    }
  }

  Instant now{};
  std::vector<Output> outputs;
  RaftNode raft;
};

TEST(Raft, KeepsAPromiseBackUntilItIsOnDisk) {
  Wrapped w;
  w.receive(vote_request(kTwo, 1, {}));
  ASSERT_EQ(w.all<Persist>().size(), 1U);
  EXPECT_EQ(w.all<Persist>()[0].hard_state, (HardState{1, kTwo, 0}));
  EXPECT_TRUE(w.all<Send>().empty());
  w.persisted();
  ASSERT_EQ(w.all<Send>().size(), 1U);
  EXPECT_EQ(w.all<Send>()[0].message.type, MessageType::VoteResponse);
}

TEST(Raft, LooksAtNoMessageWhoseTermIsFarAhead) {
  Wrapped w;
  w.receive(vote_request(kTwo, kMaxTermJump + 2, {}));
  EXPECT_TRUE(w.all<Persist>().empty()) << "nobody could be elected in a higher term";
  w.receive(vote_request(kTwo, kMaxTermJump, {}));
  ASSERT_EQ(w.all<Persist>().size(), 1U);
  EXPECT_EQ(w.all<Persist>()[0].hard_state->term, kMaxTermJump);
}

TEST(Raft, HasOneWriteOutstandingAndJoinsWhatFollows) {
  Wrapped w;
  w.receive(append(kTwo, 1, {}, entries(1, {1}), 0));
  w.receive(append(kTwo, 1, {1, 1}, entries(2, {1}), 0));
  w.receive(append(kTwo, 1, {1, 2}, entries(3, {1}), 0));
  EXPECT_EQ(w.all<Persist>().size(), 1U);
  w.persisted();
  ASSERT_EQ(w.all<Persist>().size(), 2U);
  EXPECT_EQ(w.all<Persist>()[1].entries, entries(2, {1, 1}));
}

TEST(Raft, LeaderFeedsOthersWhileItsOwnDiskIsBusy) {
  Wrapped w;
  w.lead();
  w.outputs.clear();
  ASSERT_TRUE(w.raft.propose(w.now, "x", w.outputs));
  EXPECT_EQ(w.all<Send>().size(), 2U);
  w.now += kBeat;
  w.raft.advance(w.now, w.outputs);
  EXPECT_EQ(w.all<Send>().size(), 4U) << "heartbeats do not wait either";
  w.receive(acknowledge(kTwo, 1, 2));
  EXPECT_TRUE(w.all<Apply>().empty());
  w.persisted();
  EXPECT_EQ(w.all<Apply>().size(), 1U);
}

TEST(Raft, CommitAloneCausesNoWrite) {
  Wrapped w;
  w.receive(append(kTwo, 1, {}, entries(1, {1}), 0));
  w.persisted();
  w.outputs.clear();
  w.receive(append(kTwo, 1, {1, 1}, {}, 1));
  EXPECT_TRUE(w.all<Persist>().empty());
  ASSERT_EQ(w.all<Apply>().size(), 1U);
  EXPECT_EQ(w.all<Apply>()[0].entries, entries(1, {1}));
}

TEST(Raft, AConflictingTailReplacesTheLogFile) {
  Wrapped w(test_options(), Stored{{2, kNobody, 0}, {}, {}, entries(1, {1, 2, 2})});
  w.receive(append(kTwo, 3, {1, 1}, entries(2, {3}), 0));
  const auto persists = w.all<Persist>();
  ASSERT_EQ(persists.size(), 1U);
  EXPECT_TRUE(persists[0].rewrite);
  EXPECT_EQ(persists[0].entries, entries(1, {1, 3}));
}

TEST(Raft, OpensItsEpochAndMayWriteFromThenOn) {
  Wrapped w;
  w.lead();
  ASSERT_EQ(w.all<EpochOpened>().size(), 1U);
  EXPECT_EQ(w.all<EpochOpened>()[0].term, 1U);
  EXPECT_TRUE(w.raft.may_write(w.now));
  EXPECT_FALSE(w.raft.may_write(w.now + write_lease(test_options())));
}

TEST(Raft, AnnouncesRoleAndLeader) {
  Wrapped w;
  w.receive(message(MessageType::Heartbeat, kTwo, 4));
  const auto changes = w.all<RoleChanged>();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].leader, kTwo);
  EXPECT_EQ(changes[0].term, 4U);
}

TEST(Raft, LeadsAloneWithoutWaiting) {
  Wrapped w(test_options(), {}, 1);
  w.raft.advance(w.now, w.outputs);
  w.persisted();
  w.persisted();
  EXPECT_EQ(w.all<EpochOpened>().size(), 1U);
  EXPECT_TRUE(w.raft.may_write(w.now + std::chrono::hours(24)));
}

TEST(Raft, AppliesAgainAfterARestartWhatWasCommitted) {
  Wrapped w(test_options(), Stored{{1, kNobody, 2}, {}, {}, entries(1, {1, 1, 1})});
  w.raft.advance(w.now, w.outputs);
  ASSERT_EQ(w.all<Apply>().size(), 1U);
  EXPECT_EQ(w.all<Apply>()[0].entries, entries(1, {1, 1}));
}

TEST(Raft, SnapshotIsStoredBeforeTheLogIsShortened) {
  Options options = test_options();
  options.trailing_entries = 1;
  Wrapped w(options, Stored{{1, kNobody, 3}, {}, {}, entries(1, {1, 1, 1, 1})});
  w.raft.advance(w.now, w.outputs);
  w.raft.take_snapshot(w.now, "state", w.outputs);
  const auto persists = w.all<Persist>();
  ASSERT_EQ(persists.size(), 1U);
  EXPECT_EQ(persists[0].snapshot, (Snapshot{{1, 3}, "state"}));
  EXPECT_EQ(persists[0].base, (Position{1, 2}));
  EXPECT_EQ(persists[0].entries, entries(3, {1, 1}));
  std::vector<std::string_view> order;
  for (const StoreOperation& operation : Journal(0, 0, 0).plan(persists[0])) order.push_back(operation.key);
  EXPECT_EQ(order, (std::vector<std::string_view>{keys::kSnapshot, keys::kLog, keys::kMarks}));
}

TEST(Raft, SnapshotStandsAtWhatIsAppliedAndNotAtWhatIsCommitted) {
  Wrapped w;
  w.receive(append(kTwo, 1, {}, entries(1, {1, 1, 1}), 0));
  w.persisted();
  w.receive(append(kTwo, 1, {1, 3}, {}, 1));
  w.receive(append(kTwo, 1, {1, 3}, entries(4, {1}), 1));  // being written
  w.receive(append(kTwo, 1, {1, 4}, entries(5, {1}), 3));
  ASSERT_EQ(w.raft.raft().log().commit(), 3U);
  ASSERT_EQ(w.raft.raft().log().applied(), 1U);
  w.raft.take_snapshot(w.now, "state", w.outputs);
  EXPECT_EQ(w.raft.raft().snapshot().at, (Position{1, 1}));
}

TEST(Raft, SnapshotOfTheLeaderIsRestoredOnceItIsStored) {
  Wrapped w;
  Message m = message(MessageType::InstallSnapshot, kTwo, 1);
  m.snapshot = Snapshot{{1, 9}, "state"};
  w.receive(m);
  EXPECT_TRUE(w.all<Restore>().empty());
  w.persisted();
  ASSERT_EQ(w.all<Restore>().size(), 1U);
  EXPECT_EQ(w.all<Restore>()[0].snapshot, *m.snapshot);
}

TEST(Raft, ResignsInFavourOfTheLongestLog) {
  Wrapped w;
  w.lead();
  ASSERT_TRUE(w.raft.propose(w.now, "x", w.outputs));
  w.persisted();
  w.receive(acknowledge(kThree, 1, 2));
  w.outputs.clear();
  EXPECT_TRUE(w.raft.resign(w.now, w.outputs));
  ASSERT_EQ(w.all<Send>().size(), 1U);
  EXPECT_EQ(w.all<Send>()[0].message.to, kThree);
  EXPECT_FALSE(w.raft.may_write(w.now));
}

TEST(Raft, TakesNoMessageInSomebodyElsesName) {
  Wrapped w;
  w.raft.receive(w.now, kThree, message(MessageType::Heartbeat, kTwo, 1), w.outputs);
  ASSERT_EQ(w.all<Dropped>().size(), 1U);
  EXPECT_EQ(w.all<Dropped>()[0].reason, DropReason::Stranger);
}

TEST(Raft, RefusesAnEmptyCommand) {
  Wrapped w;
  w.lead();
  EXPECT_FALSE(w.raft.propose(w.now, "", w.outputs));
}

TEST(RaftOptions, NameTheRuleThatIsBroken) {
  EXPECT_FALSE(check(test_options(), kSelf, Subject::group(7)));
  EXPECT_EQ(check(test_options(), kSelf, Subject::group(8))->detail, "a group has 1 to 7 voters");
  EXPECT_EQ(check(test_options(), VoterId{9}, Subject::group(3))->detail, "this node is not among the voters");
  EXPECT_EQ(check(test_options(), kSelf, {kSelf, kTwo, kTwo})->detail, "a voter is named twice");
  Options options = test_options();
  options.election_timeout = kBeat;
  EXPECT_EQ(check(options, kSelf, Subject::group(3))->detail,
            "election timeout must be at least two heartbeat intervals");
}

TEST(RaftOptions, TakeWhatIsJustWithinTheRulesAndNothingBeyond) {
  const auto detail = [](const Options& options) {
    const auto error = check(options, kSelf, Subject::group(3));
    return error ? error->detail : std::string();
  };
  const std::string step = "election step must be positive and at most the election timeout";
  const std::string limits = "append limits must be at least 1";
  Options options = test_options();
  options.election_timeout = 2 * options.heartbeat_interval;
  options.election_step = options.election_timeout;
  options.max_inflight = options.max_message_entries = 1;
  EXPECT_EQ(detail(options), "");
  options.election_step += Duration(1);
  EXPECT_EQ(detail(options), step);
  options.election_step = Duration::zero();
  EXPECT_EQ(detail(options), step);
  options = test_options();
  options.clock_drift.numerator = options.clock_drift.denominator;
  EXPECT_EQ(detail(options), "clock drift must be below 100%");
  options = test_options();
  options.max_inflight = 0;
  EXPECT_EQ(detail(options), limits);
  options = test_options();
  options.max_message_entries = 0;
  EXPECT_EQ(detail(options), limits);
  options = test_options();
  options.heartbeat_interval = Duration::zero();
  EXPECT_EQ(detail(options), "heartbeat interval must be positive");
}

}  // namespace
}  // namespace syncer::raft
