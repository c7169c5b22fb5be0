// SPDX-License-Identifier: Apache-2.0
#include "tests/property/raft/safety.h"

#include "syncer/base/hash.h"

namespace syncer::raft::property {
namespace {

[[noreturn]] void violated(const char* property, const std::string& how) {
  throw Violation(std::string(property) + ": " + how);
}

std::string text(Position at) { return std::to_string(at.term) + "/" + std::to_string(at.index); }
std::string text(VoterId id) { return "node " + std::to_string(id.value); }

Position last_of(const Stored& stored) { return stored.entries.empty() ? stored.base : stored.entries.back().at(); }

}  // namespace

void Safety::observe(const Raft& voter, int run, const Durable& disks) {
  Seen& before = seen_[voter.self()];
  if (before.run != run) before = Seen{run, disks.at(voter.self()).hard_state.term, Role::Follower, {}, {}, 0, 0};
  check_order(voter, before);
  const Stored& disk = disks.at(voter.self());
  if (disk.base.index > disk.snapshot.at.index)
    violated("A7 order", "the log of " + text(voter.self()) + " begins behind its snapshot");
  const bool log_changed = before.base != voter.log().base() || before.log != voter.log().entries();
  if (log_changed) check_log(voter, before);
  check_leader(voter, before);
  if (before.commit != voter.log().commit()) check_commit(voter, before, disks);
  before.term = voter.term();
  before.role = voter.soft_state().role;
  before.commit = voter.log().commit();
  before.applied = voter.log().applied();
  if (!log_changed) return;
  before.base = voter.log().base();
  before.log = voter.log().entries();
}

void Safety::check_order(const Raft& voter, const Seen& before) const {
  const Log& log = voter.log();
  if (log.commit() < before.commit) violated("A7 order", "commit of " + text(voter.self()) + " fell");
  if (log.applied() < before.applied) violated("A7 order", "applied of " + text(voter.self()) + " fell");
  if (log.applied() > log.commit() || log.commit() > log.last().index)
    violated("A7 order", "applied, commit, last of " + text(voter.self()));
  if (voter.term() < before.term) violated("A1 term", text(voter.self()) + " went back in terms");
}

void Safety::check_log(const Raft& voter, const Seen& before) {
  for (const Entry& entry : before.log) {
    const bool kept = entry.index <= voter.log().base().index || voter.log().holds(entry.at());
    if (!kept && entry.index <= before.commit)
      violated("A6 committed prefix", text(voter.self()) + " lost " + text(entry.at()));
    const bool led =
        before.role == Role::Leader && voter.soft_state().role == Role::Leader && before.term == voter.term();
    const bool changed = led && kept && entry.index > voter.log().base().index &&
                         !holds(voter.log().base(), voter.log().entries(), entry);
    if (led && (!kept || changed)) violated("Leader Append-Only", text(voter.self()) + " withdrew " + text(entry.at()));
  }
  Position previous = voter.log().base();
  for (const Entry& entry : voter.log().entries()) {
    const Shape shape{previous.term, entry.data};
    const auto known = shapes_.emplace(entry.at(), shape).first;
    if (!(known->second == shape)) violated("Log Matching", "two entries " + text(entry.at()) + " differ");
    previous = entry.at();
  }
}

bool Safety::holds(const Position& base, const std::vector<Entry>& entries, const Entry& entry) {
  if (entry.index <= base.index) return true;
  const Index at = entry.index - base.index - 1;
  return at < entries.size() && entries[at] == entry;
}

void Safety::check_leader(const Raft& voter, const Seen& before) {
  if (voter.soft_state().role != Role::Leader) return;
  const auto leader = leaders_.emplace(voter.term(), voter.self()).first->second;
  if (leader != voter.self()) violated("Election Safety", "two leaders of term " + std::to_string(voter.term()));
  if (before.role == Role::Leader && before.term == voter.term()) return;
  for (const auto& [index, done] : done_) {
    const bool complete = done.in_term >= voter.term() || holds(voter.log().base(), voter.log().entries(), done.entry);
    if (!complete) violated("Leader Completeness", text(voter.self()) + " leads without " + text(done.entry.at()));
  }
  starts_.emplace(voter.term(), StartLog{voter.log().base(), voter.log().entries()});
}

void Safety::check_commit(const Raft& voter, const Seen& before, const Durable& disks) {
  const Log& log = voter.log();
  for (const Entry& entry : log.entries()) {
    if (entry.index <= before.commit || entry.index > log.commit()) continue;
    const auto [known, is_new] = done_.emplace(entry.index, Done{entry, voter.term()});
    if (!(known->second.entry == entry))
      violated("State Machine Safety", "index " + std::to_string(entry.index) + " committed twice");
    for (auto later = starts_.upper_bound(voter.term()); is_new && later != starts_.end(); ++later) {
      const bool complete = holds(later->second.base, later->second.entries, entry);
      if (!complete)
        violated("Leader Completeness", "term " + std::to_string(later->first) + " began without " + text(entry.at()));
    }
  }
  if (voter.soft_state().role != Role::Leader || before.role != Role::Leader) return;
  const Position at{log.term_at(log.commit()).value_or(0), log.commit()};
  if (at.term != voter.term())
    violated("A4 commit rule", text(voter.self()) + " committed " + text(at) + " by counting");
  const Entry entry = log.range(at.index, at.index).front();
  std::size_t copies = 0;
  for (const auto& [id, disk] : disks) copies += holds(disk.base, disk.entries, entry) ? 1U : 0U;
  if (copies < majority_) violated("A5 quorum on disk", text(at) + " is on " + std::to_string(copies) + " disks");
}

void Safety::on_sent(const Message& m, const Durable& disks) {
  if (m.rejected) return;
  const Stored& disk = disks.at(m.from);
  if (m.type == MessageType::VoteResponse) {
    const VoterId granted = grants_.emplace(std::make_pair(m.from, m.term), m.to).first->second;
    if (granted != m.to) violated("A2 one vote", text(m.from) + " voted twice in term " + std::to_string(m.term));
    const HardState& kept = disk.hard_state;
    const bool durable = kept.term > m.term || (kept.term == m.term && kept.vote == m.to);
    if (!durable) violated("A3 promise", text(m.from) + " sent a vote that is not on its disk");
  }
  if (m.type == MessageType::AppendResponse && disk.hard_state.term == m.term && m.log.index > last_of(disk).index) {
    violated("A3 promise", text(m.from) + " acknowledged what is not on its disk");
  }
}

std::uint64_t Safety::on_applied(VoterId node, Index applied_before, std::uint64_t digest, const Entry& entry) {
  if (entry.index != applied_before + 1)
    violated("State Machine Safety", text(node) + " left a gap before " + text(entry.at()));
  StateHasher hasher;
  hasher.add(digest);
  hasher.add(entry.index);
  hasher.add(entry.data);
  const auto known = states_.emplace(entry.index, hasher.digest()).first;
  if (known->second != hasher.digest())
    violated("State Machine Safety", text(node) + " applied another " + text(entry.at()));
  return hasher.digest();
}

void Safety::on_restored(const Snapshot& snapshot, std::uint64_t digest) {
  const auto known = states_.find(snapshot.at.index);
  if (known == states_.end() || known->second != digest)
    violated("State Machine Safety", "snapshot " + text(snapshot.at) + " holds another state");
}

void Safety::on_dropped(const Dropped& dropped) {
  violated("A6 committed prefix",
           "a message of " + text(dropped.from) + " was refused: " + std::string(name(dropped.reason)));
}

void Safety::on_writer(const Raft& voter) {
  const Log& log = voter.log();
  if (voter.soft_state().role != Role::Leader) violated("S2 writer", text(voter.self()) + " does not lead");
  if (log.term_at(log.commit()) != voter.term())
    violated("S2 writer", text(voter.self()) + " has committed nothing in term " + std::to_string(voter.term()));
}

void Safety::on_recovered(const Stored& promised, const Stored& recovered, bool replacing) {
  const HardState& was = promised.hard_state;
  const HardState& is = recovered.hard_state;
  if (is.term < was.term || (is.term == was.term && was.vote != kNobody && is.vote != was.vote)) {
    violated("V1 recovery", "a vote was forgotten");
  }
  if (!replacing && last_of(recovered) < last_of(promised))
    violated("V1 recovery", "an acknowledged entry was forgotten");
}

}  // namespace syncer::raft::property
