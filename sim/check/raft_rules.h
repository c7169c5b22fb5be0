// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/check/rule.h"
#include "sim/host/probe.h"
#include "syncer/raft/raft.h"

namespace sim::check {

/// What was seen of one voter last; a new process begins with nothing.
struct SeenVoter {
  std::uint32_t process = 0;
  syncer::raft::Term term = 0;
  syncer::raft::Role role = syncer::raft::Role::Follower;
  std::uint64_t changes = 0;  ///< of its log
  syncer::raft::Position base;
  std::vector<syncer::raft::Entry> entries;
  syncer::raft::Index commit = 0;
  syncer::raft::Index snapshot = 0;
};

/// The five properties of Raft (Ongaro 2014, figure 3.2) for one group of voters over its whole life, crashes included.
/// Logs are small and seldom change, so each change is compared in full, and nothing is done without one.
class RaftGroup {
 public:
  using Report = std::function<void(std::string_view property, std::vector<std::string> facts)>;

  RaftGroup(std::function<std::string(host::NodeIndex)> name, Report report)
      : name_(std::move(name)), report_(std::move(report)) {}

  /// To be called when term, role or log of the voter may have changed. `process` counts the starts of its node.
  void look(host::NodeIndex node, std::uint32_t process, const syncer::raft::Raft& voter);

 private:
  using Index = syncer::raft::Index;
  using Term = syncer::raft::Term;
  using Entry = syncer::raft::Entry;
  using Position = syncer::raft::Position;
  using Raft = syncer::raft::Raft;

  /// What an entry of this term and index is like, everywhere and for ever.
  struct Shape {
    Term before = 0;
    syncer::Bytes data;
    bool operator==(const Shape&) const = default;
  };
  struct Done {
    Entry entry;
    Term in_term = 0;
  };
  /// A leader's log when it took office.
  struct Start {
    host::NodeIndex leader = 0;
    Position base;
    std::vector<Entry> entries;
  };

  void check_append_only(const std::string& who, const Raft& voter, const SeenVoter& before) const;
  void check_matching(const std::string& who, const Raft& voter);
  void check_election(host::NodeIndex node, const std::string& who, const Raft& voter, const SeenVoter& before);
  void check_commit(const std::string& who, const Raft& voter, const SeenVoter& before);
  void check_snapshot(const std::string& who, const Raft& voter, const SeenVoter& before);
  static bool holds(const Position& base, const std::vector<Entry>& entries, const Entry& entry);

  std::function<std::string(host::NodeIndex)> name_;
  Report report_;
  std::map<host::NodeIndex, SeenVoter> seen_;
  std::map<Position, Shape> shapes_;
  std::map<Index, Done> done_;
  std::map<Term, Start> starts_;
  std::map<Index, syncer::Bytes> states_;  ///< of snapshots
};

/// single-leader: at most one leader for each region and term; only a leader speaks to the registry, and it writes only
/// while no other can be elected; terms never go back.
std::unique_ptr<Rule> make_leader_rule();
/// The five properties of Raft: election-safety, leader-append-only, log-matching, leader-completeness,
/// state-machine-safety.
std::unique_ptr<Rule> make_raft_rule();

}  // namespace sim::check
