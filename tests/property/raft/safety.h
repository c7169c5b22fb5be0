// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "syncer/raft/raft_node.h"

namespace syncer::raft::property {

/// A safety property that did not hold; what() begins with its name.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a node's disk holds for certain: the last Persist that was reported durable.
using Durable = std::map<VoterId, Stored>;

/// Watches a whole group over its whole life, crashes included (Ongaro 2014, figure 3.2, and companions that fire
/// closer to the cause). Every method throws Violation.
class Safety {
 public:
  explicit Safety(std::size_t voters) : majority_(voters / 2 + 1) {}

  /// After every event of the node. `run` counts its starts.
  void observe(const Raft& voter, int run, const Durable& disks);
  /// When a message leaves.
  void on_sent(const Message& message, const Durable& disks);
  /// Applied entries and installed snapshots of a node, as its state machine sees them. Gives the digest after them.
  std::uint64_t on_applied(VoterId node, Index applied_before, std::uint64_t digest, const Entry& entry);
  void on_restored(const Snapshot& snapshot, std::uint64_t digest);
  void on_dropped(const Dropped& dropped);
  /// A node that holds the write lease leads, and has committed an entry of its term.
  static void on_writer(const Raft& voter);
  /// A restarted node against what it had promised; `replacing` when a write that withdraws entries was under way.
  static void on_recovered(const Stored& promised, const Stored& recovered, bool replacing);

  Index committed() const { return done_.empty() ? 0 : done_.rbegin()->first; }

 private:
  struct Shape {
    Term before = 0;
    Bytes data;
    bool operator==(const Shape&) const = default;
  };
  struct Seen {
    int run = 0;
    Term term = 0;
    Role role = Role::Follower;
    Position base;
    std::vector<Entry> log;
    Index commit = 0;
    Index applied = 0;
  };
  struct Done {
    Entry entry;
    Term in_term = 0;
  };
  struct StartLog {
    Position base;
    std::vector<Entry> entries;
  };

  void check_log(const Raft& voter, const Seen& before);
  void check_leader(const Raft& voter, const Seen& before);
  void check_commit(const Raft& voter, const Seen& before, const Durable& disks);
  void check_order(const Raft& voter, const Seen& before) const;
  static bool holds(const Position& base, const std::vector<Entry>& entries, const Entry& entry);

  std::size_t majority_;
  std::map<VoterId, Seen> seen_;
  std::map<Term, VoterId> leaders_;
  std::map<Position, Shape> shapes_;
  std::map<Index, Done> done_;
  std::map<Term, StartLog> starts_;
  std::map<Index, std::uint64_t> states_;
  std::map<std::pair<VoterId, Term>, VoterId> grants_;
};

}  // namespace syncer::raft::property
