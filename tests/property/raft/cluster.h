// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "syncer/base/random.h"
#include "syncer/raft/raft_node.h"
#include "tests/property/raft/disk.h"
#include "tests/property/raft/safety.h"

namespace syncer::raft::property {

/// How unfriendly the network and the disks are; times are of the run's true clock.
struct Weather {
  Duration min_latency = std::chrono::milliseconds(1);
  Duration max_latency = std::chrono::milliseconds(2);
  Ratio loss{0, 1};
  Ratio duplicate{0, 1};
  Ratio straggler{0, 1};  ///< delayed by up to two election timeouts
  Duration max_write = Duration(1);
};

/// A group of voters in simulated time: clocks that drift, messages that get lost, doubled, late and reordered, disks
/// that lose what was not synced. After every event the safety properties are checked. One seed decides everything.
class Cluster {
 public:
  Cluster(std::size_t voters, Options options, std::uint64_t seed);

  Weather weather;

  /// Runs until `span` of true time has passed.
  void run_for(Duration span);
  /// Runs until `done` or `limit` has passed; the time it took, nothing when it did not happen.
  template <class Predicate>
  std::optional<Duration> run_until(Predicate done, Duration limit) {
    const Instant start = now_;
    while (now_ - start < limit) {
      if (done()) return now_ - start;
      run_next(start + limit);
    }
    return std::nullopt;
  }

  void crash(VoterId id);
  /// Recovers from disk. Throws Violation when the store is refused or a promise is missing.
  void restart(VoterId id);
  void cut(VoterId from, VoterId to) { cut_.emplace(from, to); }
  void isolate(VoterId id);
  void heal() { cut_.clear(); }
  bool propose();
  bool propose_at(VoterId id);
  void take_snapshot(VoterId id);
  void transfer(VoterId from, VoterId to);

  bool is_up(VoterId id) const { return nodes_.at(id).raft.has_value(); }
  const RaftNode& raft(VoterId id) const { return *nodes_.at(id).raft; }
  std::vector<VoterId> ids() const;
  std::vector<VoterId> up() const;
  /// The leader of the highest term, if any.
  std::optional<VoterId> leader() const;
  /// One leader that everybody up follows, equal logs, everything applied.
  bool settled() const;
  std::set<VoterId> writers() const;
  Index applied(VoterId id) const { return nodes_.at(id).applied; }
  Term highest_term() const;
  /// Folded over everything that happened; equal for equal seeds.
  std::uint64_t digest() const { return digest_.digest(); }

 private:
  struct Node {
    std::optional<RaftNode> raft;
    Journal journal{0, 0, 0};
    Disk disk;
    std::optional<Persist> writing;
    Instant write_done = kNever;
    int run = 0;
    Index applied = 0;
    std::uint64_t state = 0;
    std::int64_t rate = 1000;  // of the local clock, per mille
  };
  struct Flight {
    Instant at;
    std::uint64_t sequence;
    Message message;
  };

  Instant local(const Node& node) const;
  Instant due(const Node& node) const;
  void run_next(Instant limit);
  void deliver(std::size_t flight);
  void finish_write(VoterId id);
  void handle(VoterId id, std::vector<Output>& outputs);
  void handle_one(VoterId id, Output& output);
  void begin_write(Node& node, Persist persist);
  void put_on_wire(const Message& message);
  void check(VoterId id);

  Options options_;
  Random random_;
  Instant now_{};
  std::map<VoterId, Node> nodes_;
  Durable durable_;
  std::vector<Flight> flights_;
  std::uint64_t sequence_ = 0;
  std::uint64_t commands_ = 0;
  std::set<std::pair<VoterId, VoterId>> cut_;
  Safety safety_;
  StateHasher digest_;
};

}  // namespace syncer::raft::property
