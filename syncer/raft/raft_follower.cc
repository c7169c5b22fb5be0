// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/raft/raft.h"

// What a follower does with its leader's messages.
namespace syncer::raft {

void Raft::hear_leader(const Message& m) {
  since_ = now_;
  leader_ = m.from;
  switch (m.type) {
    case MessageType::Append:
      return on_append(m);
    case MessageType::Heartbeat:
      return on_heartbeat(m);
    default:
      return on_install_snapshot(m);
  }
}

void Raft::on_append(const Message& m) {
  Message response = answer(MessageType::AppendResponse, m);
  if (m.log.index < log_.commit()) {
    response.log.index = log_.commit();
    return send(std::move(response));
  }
  const bool follows =
      log_.holds(m.log) || (SYNCER_MUTATED("election.skip_previous_check") && m.log.index <= log_.last().index);
  if (!follows) {
    const Position hint = log_.last_agreement(std::min(m.log.index, log_.last().index), m.log.term);
    response.rejected = true;
    response.hint = hint.index;
    response.log = {hint.term, m.log.index};
    return send(std::move(response));
  }
  log_.merge(m.entries);
  // Only what this very message proved to be the leader's: the tail behind it may be another leader's.
  const Index proven = m.log.index + m.entries.size();
  const Index limit = SYNCER_MUTATED("election.commit_to_own_end") ? log_.last().index : proven;
  log_.commit_to(std::min(m.commit, limit));
  response.log.index = SYNCER_MUTATED("election.acknowledge_own_end") ? log_.last().index : proven;
  send(std::move(response));
}

void Raft::on_heartbeat(const Message& m) {
  Index commit = m.commit;
  if (SYNCER_MUTATED("election.heartbeat_own_commit")) commit = std::min(commit, log_.last().index);
  if (commit > log_.last().index) return drop(DropReason::BeyondLog);
  log_.commit_to(commit);
  send(answer(MessageType::HeartbeatResponse, m));
}

void Raft::on_install_snapshot(const Message& m) {
  Message response = answer(MessageType::AppendResponse, m);
  response.log.index = restore(*m.snapshot) ? log_.last().index : log_.commit();
  send(std::move(response));
}

/// True when the snapshot replaced the log.
bool Raft::restore(const Snapshot& snapshot) {
  if (snapshot.at.index <= log_.commit()) return false;
  if (log_.holds(snapshot.at) && !SYNCER_MUTATED("election.snapshot_discards_longer_log")) {
    log_.commit_to(snapshot.at.index);
    return false;
  }
  log_.restore(snapshot.at);
  received_ = snapshot;
  reset_progress();
  return true;
}

void Raft::forget_leader() {
  if (role_ == Role::Follower) leader_ = kNobody;
}

/// To the leader, if one is known.
void Raft::forward(Message message) {
  if (leader_ == kNobody) return;
  message.from = self_;
  message.to = leader_;
  send(std::move(message));
}

}  // namespace syncer::raft
