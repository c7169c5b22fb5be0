// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/raft/subject.h"

namespace syncer::raft {
namespace {

Options narrow() {
  Options options = test_options();
  options.max_inflight = 2;
  return options;
}

std::vector<Message> propose(Subject& s, int count) {
  for (; count > 0; --count) EXPECT_TRUE(s.voter.propose(s.now, "command"));
  return s.settle();
}

TEST(Feeding, FullWindowSendsNothingButAnEmptyProbeAfterAHeartbeat) {
  Subject s(narrow());
  s.lead_in_step();
  EXPECT_EQ(to(kTwo, propose(s, 4)).size(), 2U);
  const auto sent = s.receive(message(MessageType::HeartbeatResponse, kTwo, 1));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].type, MessageType::Append);
  EXPECT_TRUE(sent[0].entries.empty());
}

TEST(Feeding, RefusalInReplicateFallsBackToTheMatchAndProbes) {
  Subject s;
  s.lead_in_step();
  propose(s, 3);
  const auto sent = s.receive(refuse(kTwo, 1, 3, {1, 1}));
  EXPECT_EQ(s.peer(kTwo).state, ProgressState::Probe);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].log.index, 1U);
  EXPECT_EQ(sent[0].entries.size(), 3U);
}

TEST(Feeding, StaleRefusalsAreIgnored) {
  Subject s;
  s.lead_in_step();
  propose(s, 3);
  s.receive(acknowledge(kTwo, 1, 3));
  EXPECT_TRUE(s.receive(refuse(kTwo, 1, 2, {1, 1})).empty()) << "replicating: at or below the match";
  s.voter.report_unreachable(kTwo);
  EXPECT_TRUE(s.receive(refuse(kTwo, 1, 1, {1, 0})).empty()) << "probing: not the probe that is out";
  EXPECT_EQ(s.peer(kTwo).match, 3U);
}

TEST(Feeding, EmptyProbeDoesNotPause) {
  Subject s;
  s.lead_in_step();
  s.voter.report_unreachable(kTwo);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(s.receive(message(MessageType::HeartbeatResponse, kTwo, 1)).size(), 1U);
    EXPECT_FALSE(s.peer(kTwo).paused());
  }
}

TEST(Feeding, HeartbeatLowersTheKnownCommitOfASlowPeer) {
  Subject s;
  s.lead_in_step();
  propose(s, 2);
  s.receive(acknowledge(kTwo, 1, 3));
  EXPECT_EQ(s.peer(kThree).sent_commit, 3U) << "sent when the commit moved";
  s.pass(kBeat);
  EXPECT_EQ(s.peer(kThree).sent_commit, 1U) << "the append may be lost: it knows no more than it holds";
}

TEST(Feeding, AnnouncesACommitOnlyWhereItMeansSomething) {
  Subject s;
  s.lead_in_step();
  propose(s, 2);
  s.receive(acknowledge(kTwo, 1, 3));
  EXPECT_TRUE(s.receive(acknowledge(kThree, 1, 3)).empty()) << "it knows already";
  EXPECT_TRUE(s.receive(acknowledge(kThree, 1, 3)).empty());
}

TEST(Feeding, DoesNotAnnounceACommitBeyondWhatThePeerWasSent) {
  Options options = test_options();
  options.max_inflight = 1;
  options.max_message_entries = 3;
  Subject s(options);
  s.lead_in_step();
  propose(s, 4);
  s.receive(acknowledge(kTwo, 1, 2));
  s.receive(acknowledge(kTwo, 1, 5));
  s.receive(acknowledge(kThree, 1, 2));  // now 3 to 5 are on their way
  propose(s, 1);
  s.receive(acknowledge(kTwo, 1, 6));
  ASSERT_EQ(s.voter.log().commit(), 6U);
  ASSERT_EQ(s.peer(kThree).sent_commit, s.peer(kThree).next - 1);
  EXPECT_TRUE(to(kThree, s.receive(acknowledge(kThree, 1, 3))).empty()) << "it could not use it yet";
}

TEST(Feeding, ARefusalLowersTheKnownCommit) {
  Progress peer;
  peer.next = 6;
  peer.sent_commit = 5;
  ASSERT_TRUE(peer.refuse(5, 2));
  EXPECT_EQ(peer.next, 3U);
  EXPECT_EQ(peer.sent_commit, 2U);
}

TEST(Feeding, AProbeLowersTheKnownCommit) {
  Progress peer;
  peer.state = ProgressState::Replicate;
  peer.match = 2;
  peer.next = 6;
  peer.sent_commit = 5;
  peer.become_probe();
  EXPECT_EQ(peer.sent_commit, 2U);
}

TEST(Feeding, MessagesStayWithinTheirLimits) {
  Options options = test_options();
  options.max_message_entries = 3;
  options.max_message_bytes = 14;  // two commands of seven bytes
  Subject s(options, Stored{{1, kNobody, 0}, {}, {}, {{1, 1, "command"}, {1, 2, "command"}, {1, 3, "command"}}});
  s.lead();
  s.receive(refuse(kTwo, 2, 3, {0, 0}));
  const auto sent = s.receive(acknowledge(kTwo, 2, 0));
  for (const Message& m : sent) EXPECT_LE(m.entries.size(), 3U);
  EXPECT_EQ(s.voter.log().batch(1, options).size(), 2U);
  options.max_message_bytes = 1;
  EXPECT_EQ(s.voter.log().batch(1, options).size(), 1U) << "one entry is always allowed";
}

/// A leader whose log begins at 6, with voter 3 far behind.
Subject compacted() {
  Subject s;
  s.lead_in_step();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(s.voter.propose(s.now, "command"));
  s.settle();
  s.receive(acknowledge(kTwo, 1, 5));
  s.voter.keep_snapshot(Snapshot{{1, 5}, "state"});
  s.voter.compact(5);
  return s;
}

TEST(SnapshotTransfer, WaitsForASignOfLife) {
  Subject s = compacted();
  s.pass(kTimeout);  // the quorum check marks everybody silent
  s.receive(refuse(kThree, 1, 5, {0, 0}));
  EXPECT_EQ(s.peer(kThree).state, ProgressState::Snapshot) << "a refusal is a sign of life";
  Subject quiet = compacted();
  quiet.pass(kTimeout);
  quiet.voter.report_unreachable(kThree);
  for (const Message& m : quiet.pass(kBeat)) EXPECT_NE(m.type, MessageType::InstallSnapshot);
}

TEST(SnapshotTransfer, ForgetsTheProbeThatWasOutBefore) {
  Progress progress;
  progress.next = 6;
  progress.on_snapshot_sent(8, {});
  EXPECT_FALSE(progress.refuse(5, 1)) << "it answers what was sent before";
  EXPECT_EQ(progress.next, 9U);
}

TEST(SnapshotTransfer, SendsTheKeptStateAndThenOnlyHeartbeats) {
  Subject s = compacted();
  const auto sent = to(kThree, s.receive(refuse(kThree, 1, 4, {0, 0})));
  ASSERT_EQ(sent.size(), 1U);
  ASSERT_TRUE(sent[0].snapshot);
  EXPECT_EQ(sent[0].snapshot->at, (Position{1, 5}));
  EXPECT_TRUE(to(kThree, propose(s, 2)).empty());
  for (const Message& m : to(kThree, s.pass(kBeat))) EXPECT_EQ(m.type, MessageType::Heartbeat);
}

TEST(SnapshotTransfer, EndsWithAnyAcknowledgementTheLogCanContinueFrom) {
  Subject s = compacted();
  s.receive(refuse(kThree, 1, 4, {0, 0}));
  propose(s, 1);
  s.receive(acknowledge(kThree, 1, 4));
  EXPECT_EQ(s.peer(kThree).state, ProgressState::Snapshot) << "entry 5 is gone";
  s.receive(acknowledge(kThree, 1, 5));
  EXPECT_EQ(s.peer(kThree).state, ProgressState::Replicate);
}

TEST(SnapshotTransfer, EndsBelowTheSnapshotThatIsOnItsWay) {
  Subject s = compacted();
  propose(s, 3);
  s.receive(acknowledge(kTwo, 1, 8));
  s.voter.keep_snapshot(Snapshot{{1, 8}, "state"});
  s.receive(refuse(kThree, 1, 4, {0, 0}));
  ASSERT_EQ(s.peer(kThree).pending_snapshot, 8U);
  s.receive(acknowledge(kThree, 1, 5));
  EXPECT_EQ(s.peer(kThree).state, ProgressState::Replicate) << "the log goes on at 6";
}

TEST(SnapshotTransfer, FailureIsProbedAfterTheNextSignOfLife) {
  Subject s = compacted();
  s.receive(refuse(kThree, 1, 4, {0, 0}));
  s.voter.report_snapshot(kThree, false);
  EXPECT_EQ(s.peer(kThree).state, ProgressState::Probe);
  EXPECT_TRUE(s.peer(kThree).paused());
  const auto sent = s.receive(message(MessageType::HeartbeatResponse, kThree, 1));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].type, MessageType::InstallSnapshot);
}

TEST(SnapshotTransfer, IsRepeatedWhenThePeerAnswersEverythingElse) {
  Subject s = compacted();
  s.receive(refuse(kThree, 1, 4, {0, 0}));
  int snapshots = 0;
  for (int beat = 0; beat < 4; ++beat) {
    s.pass(kBeat);
    Message echo = message(MessageType::HeartbeatResponse, kThree, 1);
    echo.sent_at = s.now;
    for (const Message& m : s.receive(echo)) snapshots += m.type == MessageType::InstallSnapshot ? 1 : 0;
  }
  EXPECT_EQ(snapshots, 1);
}

}  // namespace
}  // namespace syncer::raft
