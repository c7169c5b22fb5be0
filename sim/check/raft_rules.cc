// SPDX-License-Identifier: Apache-2.0
#include "sim/check/raft_rules.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "sim/host/world.h"
#include "syncer/cluster/cluster.h"
#include "syncer/node/node.h"

namespace sim::check {
namespace {

constexpr std::string_view kSingleLeader = "single-leader";
constexpr std::string_view kElectionSafety = "election-safety";
constexpr std::string_view kLeaderAppendOnly = "leader-append-only";
constexpr std::string_view kLogMatching = "log-matching";
constexpr std::string_view kLeaderCompleteness = "leader-completeness";
constexpr std::string_view kStateMachineSafety = "state-machine-safety";

using syncer::raft::Role;

std::string text(syncer::raft::Position at) {
  return "entry " + std::to_string(at.index) + " of term " + std::to_string(at.term);
}

}  // namespace

void RaftGroup::look(host::NodeIndex node, std::uint32_t process, const Raft& voter) {
  SeenVoter& seen = seen_[node];
  const auto& log = voter.log();
  const bool started = seen.process != process;
  const bool log_changed = started || seen.changes != log.changes();
  const Role role = voter.soft_state().role;
  if (!log_changed && seen.term == voter.term() && seen.role == role) return;
  if (started) seen = SeenVoter{process, 0, Role::Follower, 0, {}, {}, 0, 0};
  const std::string who = "syncer " + name_(node);
  if (log_changed) {
    check_append_only(who, voter, seen);
    check_matching(who, voter);
  }
  check_election(node, who, voter, seen);
  if (log_changed) {
    check_commit(who, voter, seen);
    check_snapshot(who, voter, seen);
    seen.base = log.base();
    seen.entries = log.entries();
    seen.commit = log.commit();
    seen.snapshot = voter.snapshot().at.index;
  }
  seen.changes = log.changes();
  seen.term = voter.term();
  seen.role = role;
}

bool RaftGroup::holds(const Position& base, const std::vector<Entry>& entries, const Entry& entry) {
  if (entry.index <= base.index) return true;
  const Index at = entry.index - base.index - 1;
  return at < entries.size() && entries[at] == entry;
}

void RaftGroup::check_append_only(const std::string& who, const Raft& voter, const SeenVoter& before) const {
  const bool stayed =
      before.role == Role::Leader && voter.soft_state().role == Role::Leader && before.term == voter.term();
  if (!stayed) return;
  for (const Entry& entry : before.entries) {
    if (holds(voter.log().base(), voter.log().entries(), entry)) continue;
    report_(kLeaderAppendOnly, {who + " leads term " + std::to_string(voter.term()),
                                "it replaced or withdrew " + text(entry.at()) + " of its log"});
  }
}

/// Two logs that share an entry share its predecessor's term, and so by induction everything before it.
void RaftGroup::check_matching(const std::string& who, const Raft& voter) {
  Position previous = voter.log().base();
  for (const Entry& entry : voter.log().entries()) {
    const Shape shape{previous.term, entry.data};
    const Shape& known = shapes_.emplace(entry.at(), shape).first->second;
    previous = entry.at();
    if (known == shape) continue;
    const bool other_data = known.data != shape.data;
    report_(kLogMatching, {who + " holds " + text(entry.at()),
                           other_data ? "another syncer held another command there"
                                      : "elsewhere it follows an entry of term " + std::to_string(known.before)});
  }
}

void RaftGroup::check_election(host::NodeIndex node, const std::string& who, const Raft& voter,
                               const SeenVoter& before) {
  if (voter.soft_state().role != Role::Leader) return;
  const auto& log = voter.log();
  if (before.role == Role::Leader && before.term == voter.term()) return;
  const auto [start, first] = starts_.try_emplace(voter.term(), Start{node, log.base(), log.entries()});
  if (!first && start->second.leader != node) {
    report_(kElectionSafety,
            {who + " leads term " + std::to_string(voter.term()), "so did syncer " + name_(start->second.leader)});
  }
  for (const auto& [index, done] : done_) {
    if (done.in_term >= voter.term() || holds(log.base(), log.entries(), done.entry)) continue;
    report_(kLeaderCompleteness,
            {who + " leads term " + std::to_string(voter.term()) + " without " + text(done.entry.at()),
             "that entry was committed in term " + std::to_string(done.in_term)});
  }
}

void RaftGroup::check_commit(const std::string& who, const Raft& voter, const SeenVoter& before) {
  const auto& log = voter.log();
  for (const Entry& entry : log.entries()) {
    if (entry.index <= before.commit || entry.index > log.commit()) continue;
    const auto [known, fresh] = done_.try_emplace(entry.index, Done{entry, voter.term()});
    if (known->second.entry != entry) {
      report_(kStateMachineSafety, {who + " commits " + text(entry.at()),
                                    "at this index " + text(known->second.entry.at()) + " was committed before"});
    }
    for (auto later = starts_.upper_bound(voter.term()); fresh && later != starts_.end(); ++later) {
      if (holds(later->second.base, later->second.entries, entry)) continue;
      report_(kLeaderCompleteness, {who + " commits " + text(entry.at()) + " in term " + std::to_string(voter.term()),
                                    "the leader of term " + std::to_string(later->first) + " began without it"});
    }
  }
}

void RaftGroup::check_snapshot(const std::string& who, const Raft& voter, const SeenVoter& before) {
  const auto& snapshot = voter.snapshot();
  if (snapshot.at.index == 0 || snapshot.at.index == before.snapshot) return;
  if (states_.try_emplace(snapshot.at.index, snapshot.state).first->second == snapshot.state) return;
  report_(kStateMachineSafety, {who + " has a snapshot at " + text(snapshot.at),
                                "another syncer reached another state with the same entries"});
}

namespace {

// The five properties of Raft, for the syncers of every region in cluster mode.

using syncer::cluster::Cluster;

class RaftProperties : public Rule {
 public:
  std::vector<std::string_view> ids() const override {
    return {kElectionSafety, kLeaderAppendOnly, kLogMatching, kLeaderCompleteness, kStateMachineSafety};
  }

  void on_host_change(NodeIndex node, host::HostChange change) override {
    if (change != host::HostChange::Started) return;
    if (watched_.size() <= node) watched_.resize(node + 1);
    ++watched_[node].process;
    watched_[node].group = nullptr;
  }

  bool wants_after_event() const override { return true; }
  void after_event(Instant) override {
    for (const NodeIndex n : context_.run->world.acted()) {
      const auto* node = context_.run->world.node(n);
      const Cluster* cluster = node == nullptr ? nullptr : node->cluster();
      const syncer::raft::RaftNode* raft = cluster == nullptr ? nullptr : cluster->raft_node();
      if (raft == nullptr) continue;
      Watched& watched = watched_[n];
      if (watched.group == nullptr) watched.group = &group_of(n, *cluster);
      watched.group->look(n, watched.process, raft->raft());
    }
  }

 private:
  struct Watched {
    std::uint32_t process = 0;
    RaftGroup* group = nullptr;
  };

  /// A group that is founded anew, on other disks, begins at term 1 and owes the former one nothing.
  RaftGroup& group_of(NodeIndex n, const Cluster& cluster) {
    const std::string name = syncer::cluster::group_name(context_.run->world.config(n).region, cluster.voters().group);
    const auto found = groups_.find(name);
    if (found != groups_.end()) return found->second;
    return groups_
        .try_emplace(
            name, [this](NodeIndex node) { return context_.node(node); },
            [this](std::string_view id, std::vector<std::string> facts) {
              context_.sink->violated(id, std::move(facts));
            })
        .first->second;
  }

  std::vector<Watched> watched_;
  std::map<std::string, RaftGroup> groups_;
};

}  // namespace

std::unique_ptr<Rule> make_raft_rule() { return std::make_unique<RaftProperties>(); }

namespace {

// Cluster mode has one leader and one writer.

using syncer::EventKind;

bool wipes(const scenario::Event* event) {
  if (event == nullptr) return false;
  const auto empties = [](const auto& action) {
    if constexpr (requires { action.disk; })
      return action.disk == scenario::DiskFate::Wipe;
    else
      return false;
  };
  return std::visit(empties, event->action);
}

class Leaders : public Rule {
 public:
  std::vector<std::string_view> ids() const override { return {kSingleLeader}; }

  void on_label(std::string_view, const scenario::Event* event) override {
    if (wipes(event)) terms_.clear();  // a node that lost its disk begins at nothing
  }

  void on_node_event(NodeIndex node, const syncer::Event& event) override {
    if (event.kind != EventKind::LeaderElected) return;
    const auto term = static_cast<std::uint64_t>(event.number("term"));
    const NodeIndex first = leaders_.try_emplace({std::string(event.text("group")), term}, node).first->second;
    if (first == node) return;
    context_.sink->violated(kSingleLeader, {"node " + context_.node(node) + " leads region " + cluster_region(node) +
                                                " in term " + std::to_string(term),
                                            "so did node " + context_.node(first)});
  }

  void on_request(NodeIndex node, const syncer::HttpRequest& request) override {
    const Cluster* cluster = cluster_of(node);
    if (cluster == nullptr) return;
    const std::string what = "node " + context_.node(node) + " sent " + request.method + " " + request.target;
    if (!cluster->is_leader()) {
      context_.sink->violated(kSingleLeader, {what, "it does not lead region " + cluster_region(node)});
    } else if (context_.writes(node, request) && !holds_lease(node, *cluster)) {
      context_.sink->violated(kSingleLeader, {what, "it leads region " + cluster_region(node) +
                                                        ", but another leader may be elected by now"});
    }
  }

  bool wants_after_event() const override { return true; }
  /// Time takes a lease and gives none: who did nothing holds none that it did not hold before.
  void after_event(Instant) override {
    for (const NodeIndex n : context_.run->world.acted()) {
      if (const Cluster* cluster = cluster_of(n)) look(n, *cluster);
    }
  }

 private:
  void look(NodeIndex n, const Cluster& cluster) {
    if (cluster.raft_node() != nullptr) watch_term(n, cluster.raft_node()->durable().term);
    if (!cluster.is_leader()) return;
    for (const NodeIndex other : context_.run->names.regions()[context_.run->names.nodes()[n].region].nodes) {
      const Cluster* rival = other == n ? nullptr : cluster_of(other);
      // Two that lead are rare; what their leases are costs more.
      if (rival == nullptr || !rival->is_leader() || !holds_lease(n, cluster) || !holds_lease(other, *rival)) continue;
      context_.sink->violated(
          kSingleLeader, {"nodes " + context_.node(std::min(n, other)) + " and " + context_.node(std::max(n, other)) +
                          " may both write the registry of region " + cluster_region(n)});
    }
  }

  const Cluster* cluster_of(NodeIndex n) const {
    const auto* node = context_.run->world.node(n);
    return node == nullptr ? nullptr : node->cluster();
  }
  std::string cluster_region(NodeIndex n) const { return context_.run->world.config(n).region; }
  bool holds_lease(NodeIndex n, const Cluster& cluster) const {
    return cluster.may_write(context_.run->world.local_time(n));
  }

  /// What is on disk never goes back. (In memory it may: a term that was not stored yet promised nothing.)
  void watch_term(NodeIndex n, std::uint64_t term) {
    std::uint64_t& highest = terms_[n];
    if (term < highest) {
      context_.sink->violated(kSingleLeader, {"node " + context_.node(n) + " begins with term " + std::to_string(term),
                                              "it had stored term " + std::to_string(highest) + " before"});
    }
    highest = std::max(highest, term);
  }

  std::map<std::pair<std::string, std::uint64_t>, NodeIndex> leaders_;  ///< by group (a new one begins at term 1), term
  std::map<NodeIndex, std::uint64_t> terms_;
};

}  // namespace

std::unique_ptr<Rule> make_leader_rule() { return std::make_unique<Leaders>(); }

}  // namespace sim::check
