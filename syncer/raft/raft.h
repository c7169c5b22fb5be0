// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/random.h"
#include "syncer/base/result.h"
#include "syncer/base/time.h"
#include "syncer/raft/log.h"
#include "syncer/raft/message.h"
#include "syncer/raft/options.h"
#include "syncer/raft/tracker.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Everything a voter wants done since the last Ready. To be stored in this order: snapshot, entries, hard state; then
/// apply `committed`, then let `promises` leave. `messages` rely on nothing but the hard state.
struct Ready {
  std::optional<SoftState> soft_state;  ///< if it changed
  std::optional<HardState> hard_state;  ///< if it changed
  std::vector<Entry> entries;
  std::optional<Snapshot> snapshot;
  std::vector<Entry> committed;
  std::vector<Message> messages;
  std::vector<Message> promises;
  /// Entries, term or vote: without them on disk a promise would be a lie.
  bool must_sync = false;
};

/// The rules of Raft for one voter of a fixed group (Ongaro, "Consensus", Stanford 2014; details and wording follow
/// etcd-io/raft). Inputs change the state and collect effects; take_ready() hands the effects out, on_stored() reports
/// that they are done. Knows nothing of files and sockets; `Raft` wraps it for a node.
class Raft {
 public:
  /// `options` and `voters` passed check(). A voter with a past withholds votes for one election timeout: it has
  /// forgotten whom it heard.
  Raft(VoterId self, std::vector<VoterId> voters, Options options, Random random, Instant now, Stored stored);

  /// A message from another voter. Gives the reason when it was not looked at.
  std::optional<DropReason> receive(Instant now, const Message& message);
  /// Does what is due at `now`.
  void advance(Instant now);
  Instant next_deadline() const;

  /// Appends a command; the leader answers where, a follower forwards it and answers position 0. Refused without a
  /// leader, during a transfer and when too much waits for its commit.
  Result<Position> propose(Instant now, Bytes data);
  /// As if the election timer had fired. Never in a running group: a voter that campaigns breaks the leader's lease.
  void campaign(Instant now);
  /// Hands leadership to `target` (a follower asks its leader to). Ends the write lease for the rest of the term: a
  /// leader whose target does not take over within one election timeout steps down.
  void transfer(Instant now, VoterId target);
  /// A follower forgets its leader and so opens itself to candidates. Breaks the write lease; only for a leader known
  /// to have stopped.
  void forget_leader();
  /// Appends to this peer were lost: stop sending ahead.
  void report_unreachable(VoterId peer);
  /// Another disk has this peer's slot now: what the former one held and granted does not count any more.
  void forget_peer(VoterId peer);
  /// The snapshot to this peer arrived, or did not.
  void report_snapshot(VoterId peer, bool arrived);

  /// The state at an applied index, sent to followers that need more than the log still has.
  void keep_snapshot(Snapshot snapshot);
  /// Drops entries up to and including `index`, which the kept snapshot covers.
  void compact(Index index);

  bool has_ready() const;
  Ready take_ready();
  /// Everything of the last Ready is durable and applied. The own vote and the own acknowledgement count from here.
  void on_stored(Instant now);
  /// The messages that rely on nothing but the hard state, ahead of the next Ready.
  std::vector<Message> take_messages();

  VoterId self() const { return self_; }
  Term term() const { return term_; }
  SoftState soft_state() const { return {role_, leader_}; }
  HardState hard_state() const { return {term_, vote_, log_.commit()}; }
  const Log& log() const { return log_; }
  const Majority& group() const { return group_; }
  const Options& options() const { return options_; }
  /// Of all voters ascending; meaningful on a leader only.
  const std::map<VoterId, Progress>& progress() const { return progress_; }
  /// The latest state kept or received, as followers would get it.
  const Snapshot& snapshot() const { return snapshot_; }
  /// Until when this leader may act outside the log; Instant::min() when it may not at all.
  Instant lease_end() const;
  void hash(StateHasher& hasher) const;

  /// Replaces the drawn timeout until the next draw, for scripts that need to know who fires first.
  void set_drawn_timeout(Duration timeout) { drawn_timeout_ = timeout; }

 private:
  enum class Campaign : std::uint8_t { PreElection, Election, Transfer };

  // The term rule and the roles.
  void step(const Message& message);
  bool ignores_vote_request(const Message& message) const;
  bool adopt_term(const Message& message);
  void answer_old_term(const Message& message);
  void step_follower(const Message& message);
  void step_candidate(const Message& message);
  void step_leader(const Message& message);
  void reset(Term term);
  void reset_progress();
  void become_follower(Term term, VoterId leader);
  void become_pre_candidate();
  void become_candidate();
  void become_leader();
  void drop(DropReason reason) { dropped_ = reason; }
  void send(Message message);
  Message answer(MessageType type, const Message& to) const;

  // Campaigns and votes.
  bool may_campaign() const;
  void start_campaign(Campaign kind);
  void on_vote_request(const Message& message);
  void on_vote_response(const Message& message);
  bool quorum_active() const;

  // What a follower does with the messages of its leader.
  void hear_leader(const Message& message);
  void on_append(const Message& message);
  void on_heartbeat(const Message& message);
  void on_install_snapshot(const Message& message);
  bool restore(const Snapshot& snapshot);
  void forward(Message message);

  // What a leader does: time, proposals, answers, transfer, commit.
  void advance_leader();
  void check_quorum();
  bool keeps_no_lease() const;
  void send_heartbeats();
  void append_own(Bytes data);
  void on_proposals(const Message& message);
  void on_transfer_request(VoterId target);
  void send_timeout_now(VoterId target);
  void on_append_response(const Message& message);
  void on_acknowledged(VoterId from, Progress& peer, Index index);
  void on_refused(VoterId from, Progress& peer, const Message& message);
  void on_heartbeat_response(const Message& message);
  bool advance_commit();

  // How a leader feeds the logs of its peers, and its lease.
  void note_echo(Progress& peer, Instant sent_at) const;
  bool resumes_from_snapshot(const Progress& peer) const;
  void feed_all();
  bool feed(VoterId to, Progress& peer, bool empty_allowed);
  bool feed_snapshot(VoterId to, Progress& peer);

  VoterId self_;
  Majority group_;
  Options options_;
  Random random_;
  Instant now_;  ///< of the input being handled

  Term term_;
  VoterId vote_;
  Log log_;
  Role role_ = Role::Follower;
  VoterId leader_;
  Instant since_;  ///< start of the running election timeout, on a leader of the running quorum check
  Instant beat_;
  Duration drawn_timeout_{};
  Instant withheld_until_ = Instant::min();
  std::map<VoterId, bool> votes_;
  std::map<VoterId, Progress> progress_;
  VoterId transferee_;
  bool lease_forfeited_ = false;

  Snapshot snapshot_;                 ///< latest one, for followers
  std::optional<Snapshot> received_;  ///< from the leader, not stored yet
  Index storing_snapshot_ = 0;
  Index applying_ = 0;
  std::vector<Message> messages_;
  std::vector<Message> promises_;
  std::vector<Message> own_promises_;
  SoftState reported_soft_;
  HardState reported_hard_;
  std::optional<DropReason> dropped_;
};

}  // namespace syncer::raft
