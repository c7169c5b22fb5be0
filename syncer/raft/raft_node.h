// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>
#include <vector>

#include "syncer/raft/message.h"
#include "syncer/raft/raft.h"
#include "syncer/raft/store.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Send to the voter `message.to`. May be lost, doubled and reordered.
struct Send {
  Message message;
};

/// These entries are committed: apply them, in order. Entries without data only open a term.
struct Apply {
  std::vector<Entry> entries;
};

/// Replace the applied state by this one.
struct Restore {
  Snapshot snapshot;
};

/// Role or known leader changed. A leader that may not yet write waits for EpochOpened.
struct RoleChanged {
  Term term = 0;
  Role role = Role::Follower;
  VoterId leader;
};

/// The first entry of this leader's term is committed: everything committed earlier is applied, the epoch begins.
struct EpochOpened {
  Term term = 0;
};

/// A message was not looked at.
struct Dropped {
  VoterId from;
  DropReason reason;
};

using Output = std::variant<Persist, Send, Apply, Restore, RoleChanged, EpochOpened, Dropped>;

/// Raft for the syncers of one region: a leader, and a small replicated log. Turns a voter's effects into outputs and
/// keeps promises back until what they rely on is durable: at most one Persist is outstanding, and what happens
/// meanwhile joins the next one. Heartbeats and appends of a known term leave at once, however slow the disk.
///
/// A node drives it like this:
///   start     read keys::kAll, recover(), do the repairs one after the other, construct, advance()
///   message   receive(); every Send goes to that voter's link, if it is up
///   timer     advance() at next_deadline()
///   Persist   Journal::plan(), issue one operation, on its completion the next, after the last on_persisted();
///             a failed write ends the process
///   Apply     apply the entries in order; after enough of them take_snapshot()
///   Restore   replace the applied state
///   EpochOpened(term)  the term is the epoch: reconcile, then write; ask may_write() before each effect
///   RoleChanged        a former leader stops its effects
class RaftNode {
 public:
  /// As Raft. Call advance() once after construction: entries known to be committed are applied from there.
  RaftNode(VoterId self, std::vector<VoterId> voters, Options options, Random random, Instant now, Stored stored);

  /// A message from the voter that the connection belongs to.
  void receive(Instant now, VoterId from, const Message& message, std::vector<Output>& outputs);
  /// Does what is due; harmless when nothing is.
  void advance(Instant now, std::vector<Output>& outputs);
  Instant next_deadline() const { return raft_.next_deadline(); }
  void hash(StateHasher& hasher) const;

  /// The outstanding Persist is durable as a whole.
  void on_persisted(Instant now, std::vector<Output>& outputs);

  /// See Raft::propose.
  Result<Position> propose(Instant now, Bytes command, std::vector<Output>& outputs);
  /// See Raft::transfer.
  void transfer(Instant now, VoterId target, std::vector<Output>& outputs);
  /// Hands leadership to the voter that has most of the log; for a shutdown. False when no voter can take it.
  bool resign(Instant now, std::vector<Output>& outputs);
  /// See Raft::report_unreachable.
  void report_unreachable(Instant now, VoterId peer, std::vector<Output>& outputs);
  /// See Raft::forget_peer.
  void forget_peer(Instant now, VoterId peer, std::vector<Output>& outputs);
  /// `state` is the state after everything applied so far: store it and shorten the log.
  void take_snapshot(Instant now, Bytes state, std::vector<Output>& outputs);

  /// True while no other process of the group can be writing: leader, epoch open, and a majority answered what was
  /// sent less than a write lease ago. Ask before every effect outside the log.
  bool may_write(Instant now) const { return now < raft_.lease_end(); }
  /// Until when may_write() stays true without further answers.
  Instant lease_end() const { return raft_.lease_end(); }
  bool is_leader() const { return raft_.soft_state().role == Role::Leader; }
  VoterId leader() const { return raft_.soft_state().leader; }
  Term term() const { return raft_.term(); }
  /// Entries that a snapshot would let go.
  Index entries_since_snapshot() const { return raft_.log().applied() - raft_.snapshot().at.index; }
  const Raft& raft() const { return raft_; }
  /// Term and vote as they are on disk: what a restart begins with.
  const HardState& durable() const { return durable_; }

 private:
  void flush(Instant now, std::vector<Output>& outputs);
  void announce(std::vector<Output>& outputs);
  bool vote_is_durable() const;
  Persist make_persist(Ready& ready);
  void finish(Instant now, Ready ready, std::vector<Output>& outputs);
  void apply(std::vector<Entry> entries, std::vector<Output>& outputs);
  static void send(std::vector<Message> messages, std::vector<Output>& outputs);

  Raft raft_;
  HardState durable_;
  Index durable_last_;
  bool snapshot_due_ = false;
  std::optional<Ready> writing_;
  SoftState announced_;
  Term announced_term_;
};

}  // namespace syncer::raft
