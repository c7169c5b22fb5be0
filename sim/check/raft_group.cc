// SPDX-License-Identifier: Apache-2.0
#include "sim/check/raft_group.h"

#include <algorithm>

namespace sim::check {
namespace {

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
    report_("leader-append-only", {who + " leads term " + std::to_string(voter.term()),
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
    report_("log-matching", {who + " holds " + text(entry.at()),
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
    report_("election-safety",
            {who + " leads term " + std::to_string(voter.term()), "so did syncer " + name_(start->second.leader)});
  }
  for (const auto& [index, done] : done_) {
    if (done.in_term >= voter.term() || holds(log.base(), log.entries(), done.entry)) continue;
    report_("leader-completeness",
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
      report_("state-machine-safety", {who + " commits " + text(entry.at()),
                                       "at this index " + text(known->second.entry.at()) + " was committed before"});
    }
    for (auto later = starts_.upper_bound(voter.term()); fresh && later != starts_.end(); ++later) {
      if (holds(later->second.base, later->second.entries, entry)) continue;
      report_("leader-completeness", {who + " commits " + text(entry.at()) + " in term " + std::to_string(voter.term()),
                                      "the leader of term " + std::to_string(later->first) + " began without it"});
    }
  }
}

void RaftGroup::check_snapshot(const std::string& who, const Raft& voter, const SeenVoter& before) {
  const auto& snapshot = voter.snapshot();
  if (snapshot.at.index == 0 || snapshot.at.index == before.snapshot) return;
  if (states_.try_emplace(snapshot.at.index, snapshot.state).first->second == snapshot.state) return;
  report_("state-machine-safety", {who + " has a snapshot at " + text(snapshot.at),
                                   "another syncer reached another state with the same entries"});
}

}  // namespace sim::check
