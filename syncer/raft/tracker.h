// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "syncer/base/hash.h"
#include "syncer/base/time.h"
#include "syncer/raft/types.h"

namespace syncer::raft {

/// Outcome of counting votes.
enum class VoteResult : std::uint8_t { Pending, Won, Lost };

/// Arithmetic over a fixed set of voters. The empty set agrees to everything, as an absent second half of a joint
/// quorum does.
class Majority {
 public:
  /// Duplicates are ignored.
  explicit Majority(std::vector<VoterId> voters);

  /// Ascending.
  const std::vector<VoterId>& voters() const { return voters_; }
  /// Voters needed to agree.
  std::size_t size() const;

  /// Voters without an entry in `votes` have not answered.
  VoteResult count(const std::map<VoterId, bool>& votes) const;

  /// Largest value that a majority has reached; absent voters count as `none`, the empty set as `all`.
  template <class T>
  T reached(const std::map<VoterId, T>& values, T none, T all) const;

 private:
  std::vector<VoterId> voters_;
};

extern template Index Majority::reached(const std::map<VoterId, Index>&, Index, Index) const;
extern template Instant Majority::reached(const std::map<VoterId, Instant>&, Instant, Instant) const;

/// How a leader feeds one peer.
enum class ProgressState : std::uint8_t {
  Probe,      ///< looking for the last index both logs agree on: one message at a time
  Replicate,  ///< optimistic: many appends in flight
  Snapshot,   ///< a snapshot is on its way: heartbeats only
};

/// What a leader knows about one voter's log, itself included. The rules are those of etcd's raft (tracker).
struct Progress {
  Index match = 0;  ///< both logs are known to agree up to here
  Index next = 1;   ///< first entry to send
  ProgressState state = ProgressState::Probe;
  Index pending_snapshot = 0;
  bool active = false;              ///< heard from since the last quorum check
  bool throttled = false;           ///< wait for an answer before sending again
  Index sent_commit = 0;            ///< the highest commit index the peer may know
  std::deque<Index> window;         ///< last index of each append in flight
  Instant echoed = Instant::min();  ///< sending time of the latest message it answered (write lease)
  Instant snapshot_sent{};

  bool paused() const { return state == ProgressState::Snapshot || throttled; }

  /// An append with `count` entries left, carrying `commit`.
  void on_sent(std::size_t count, Index commit, std::size_t max_inflight);
  /// A snapshot at `index` left.
  void on_snapshot_sent(Index index, Instant now);
  /// False when the acknowledgement is not above the known match.
  bool acknowledge(Index index);
  /// Frees the window up to `index`.
  void release(Index index);
  /// The peer refused the append after `refused`; `agreement` is the best place to try next. False when it is stale.
  bool refuse(Index refused, Index agreement);

  void become_probe();
  void become_replicate();

  void hash(StateHasher& hasher) const;
};

}  // namespace syncer::raft
