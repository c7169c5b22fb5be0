// SPDX-License-Identifier: Apache-2.0
#include "syncer/raft/raft_node.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"

namespace syncer::raft {
namespace {

/// Who could take over soonest: the longest log first, then the latest sign of life.
std::pair<Index, Instant> freshness(const Progress& peer) { return {peer.match, peer.echoed}; }

}  // namespace

RaftNode::RaftNode(VoterId self, std::vector<VoterId> voters, Options options, Random random, Instant now,
                   Stored stored)
    : raft_(self, std::move(voters), options, random, now, std::move(stored)),
      durable_(raft_.hard_state()),
      durable_last_(raft_.log().last().index),
      announced_(raft_.soft_state()),
      announced_term_(raft_.term()) {}

void RaftNode::receive(Instant now, VoterId from, const Message& message, std::vector<Output>& outputs) {
  std::optional<DropReason> reason = DropReason::Stranger;
  if (message.from == from) reason = raft_.receive(now, message);
  if (reason) outputs.emplace_back(Dropped{from, *reason});
  flush(now, outputs);
}

void RaftNode::advance(Instant now, std::vector<Output>& outputs) {
  raft_.advance(now);
  flush(now, outputs);
}

Result<Position> RaftNode::propose(Instant now, Bytes command, std::vector<Output>& outputs) {
  if (command.empty()) return failure(ErrorCode::Invalid, "raft", "a command without data would look like a new term");
  Result<Position> at = raft_.propose(now, std::move(command));
  flush(now, outputs);
  return at;
}

void RaftNode::transfer(Instant now, VoterId target, std::vector<Output>& outputs) {
  raft_.transfer(now, target);
  flush(now, outputs);
}

bool RaftNode::resign(Instant now, std::vector<Output>& outputs) {
  if (!is_leader()) return false;
  const std::pair<const VoterId, Progress>* best = nullptr;
  for (const auto& peer : raft_.progress()) {
    const bool answers = peer.first != raft_.self() && peer.second.echoed != Instant::min();
    if (answers && (best == nullptr || freshness(peer.second) > freshness(best->second))) best = &peer;
  }
  if (best == nullptr) return false;
  transfer(now, best->first, outputs);
  return true;
}

void RaftNode::report_unreachable(Instant now, VoterId peer, std::vector<Output>& outputs) {
  raft_.report_unreachable(peer);
  flush(now, outputs);
}

void RaftNode::forget_peer(Instant now, VoterId peer, std::vector<Output>& outputs) {
  raft_.forget_peer(peer);
  flush(now, outputs);
}

void RaftNode::take_snapshot(Instant now, Bytes state, std::vector<Output>& outputs) {
  const Log& log = raft_.log();
  // A snapshot on its way in is newer than anything that could be taken here.
  const std::optional<Term> term = log.term_at(log.applied());
  if (!term || log.applied() <= raft_.snapshot().at.index) return;
  raft_.keep_snapshot(Snapshot{{*term, log.applied()}, std::move(state)});
  const Index keep = raft_.options().trailing_entries;
  const Index applied = log.applied();
  if (applied > keep && applied - keep > log.base().index) raft_.compact(applied - keep);
  snapshot_due_ = true;
  flush(now, outputs);
}

void RaftNode::on_persisted(Instant now, std::vector<Output>& outputs) {
  SYNCER_ASSERT(writing_);
  if (writing_->hard_state) durable_ = *writing_->hard_state;
  finish(now, std::move(*std::exchange(writing_, {})), outputs);
  flush(now, outputs);
}

void RaftNode::flush(Instant now, std::vector<Output>& outputs) {
  announce(outputs);
  while (!writing_ && (raft_.has_ready() || snapshot_due_)) {
    Ready ready = raft_.take_ready();
    if (!ready.must_sync && !ready.snapshot && !snapshot_due_) {
      finish(now, std::move(ready), outputs);
    } else {
      Persist persist = make_persist(ready);
      if (SYNCER_MUTATED("raft.send_before_sync")) send(std::exchange(ready.promises, {}), outputs);
      if (vote_is_durable()) send(std::exchange(ready.messages, {}), outputs);
      writing_ = std::move(ready);
      outputs.emplace_back(std::move(persist));
    }
    announce(outputs);
  }
  if (writing_ && vote_is_durable()) send(raft_.take_messages(), outputs);
}

bool RaftNode::vote_is_durable() const {
  const HardState now = raft_.hard_state();
  return now.term == durable_.term && now.vote == durable_.vote;
}

/// The commit index travels along with a vote but causes no write: a restarted voter learns it again from its leader.
Persist RaftNode::make_persist(Ready& ready) {
  const Log& log = raft_.log();
  Persist persist;
  persist.snapshot = ready.snapshot;
  const bool compacted = std::exchange(snapshot_due_, false);
  const bool forgets = SYNCER_MUTATED("raft.compact_without_snapshot");
  if (compacted && !persist.snapshot && !forgets) persist.snapshot = raft_.snapshot();
  const bool replaces = !ready.entries.empty() && ready.entries.front().index != durable_last_ + 1;
  persist.rewrite = persist.snapshot || compacted || replaces;
  persist.base = log.base();
  persist.entries = persist.rewrite ? log.range(log.first_index(), log.handed()) : ready.entries;
  durable_last_ = log.handed();
  if (!vote_is_durable()) persist.hard_state = raft_.hard_state();
  ready.hard_state = persist.hard_state;
  return persist;
}

void RaftNode::finish(Instant now, Ready ready, std::vector<Output>& outputs) {
  if (ready.snapshot) outputs.emplace_back(Restore{std::move(*ready.snapshot)});
  apply(std::move(ready.committed), outputs);
  send(std::move(ready.messages), outputs);
  send(std::move(ready.promises), outputs);
  raft_.on_stored(now);
}

void RaftNode::apply(std::vector<Entry> entries, std::vector<Output>& outputs) {
  if (entries.empty()) return;
  bool opened = false;
  for (const Entry& e : entries) opened = opened || (e.data.empty() && e.term == term());
  outputs.emplace_back(Apply{std::move(entries)});
  if (opened && is_leader()) outputs.emplace_back(EpochOpened{term()});
}

void RaftNode::announce(std::vector<Output>& outputs) {
  if (raft_.soft_state() == announced_ && term() == announced_term_) return;
  announced_ = raft_.soft_state();
  announced_term_ = term();
  outputs.emplace_back(RoleChanged{announced_term_, announced_.role, announced_.leader});
}

void RaftNode::send(std::vector<Message> messages, std::vector<Output>& outputs) {
  for (Message& message : messages) outputs.emplace_back(Send{std::move(message)});
}

void RaftNode::hash(StateHasher& hasher) const {
  raft_.hash(hasher);
  hasher.add(durable_.term);
  hasher.add(durable_.vote.value);
  hasher.add(durable_last_);
  hasher.add((snapshot_due_ ? 1U : 0U) | (writing_ ? 2U : 0U));
}

}  // namespace syncer::raft
