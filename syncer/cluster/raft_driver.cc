// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/raft_driver.h"

#include <utility>

namespace syncer::cluster {
namespace {

using raft::Output;

/// Applied entries after which the log is shortened.
constexpr raft::Index kSnapshotEvery = 1000;

}  // namespace

Result<void> RaftDriver::begin(Instant now, const raft::Recovery& recovery) {
  const VoterSet& voters = roster_.voters();
  std::vector<raft::VoterId> ids;
  for (std::size_t i = 0; i < voters.slots.size(); ++i) ids.push_back({i + 1});
  const raft::VoterId self = voters.voter_of(config_.node, voters.disk);
  raft::Options options;
  options.election_timeout = config_.cluster.election_timeout;
  options.heartbeat_interval = config_.cluster.heartbeat;
  if (const auto wrong = raft::check(options, self, ids)) return tl::unexpected(*wrong);
  journal_ = recovery.journal;
  raft_.emplace(self, std::move(ids), options, random_.stream("raft"), now, recovery.stored);
  return {};
}

void RaftDriver::end() {
  raft_.reset();
  journal_.reset();
  opened_.reset();
  was_leader_ = false;
}

void RaftDriver::advance(Instant now) {
  if (!raft_) return;
  std::vector<Output> outputs;
  raft_->advance(now, outputs);
  carry_out(now, std::move(outputs));
}

void RaftDriver::receive(Instant now, const ClusterLinks::Received& received) {
  const raft::VoterId voter = roster_.voters().voter_of(received.node, received.disk);
  if (!raft_ || voter == raft::kNobody) return;
  const std::string objection = machine_.objection(now, received.message);
  if (!objection.empty()) {
    return report_drop(now, "from voter \"" + received.node + "\": " + objection);
  }
  std::vector<Output> outputs;
  raft_->receive(now, voter, received.message, outputs);
  carry_out(now, std::move(outputs));
}

void RaftDriver::on_link_lost(Instant now, const std::string& node) {
  const wire::VoterSlot* slot = find_slot(roster_.voters().slots, node);
  if (!raft_ || slot == nullptr) return;
  std::vector<Output> outputs;
  raft_->report_unreachable(now, roster_.voters().voter_of(node, slot->disk), outputs);
  carry_out(now, std::move(outputs));
}

Result<void> RaftDriver::propose(Instant now, const Command& command) {
  if (!raft_) return failure(ErrorCode::Refused, "", "this syncer is no voter of its region yet");
  std::vector<Output> outputs;
  const auto at = raft_->propose(now, encode_command(command), outputs);
  carry_out(now, std::move(outputs));
  if (!at) return tl::unexpected(at.error());
  return {};
}

void RaftDriver::forget_peers(Instant now, const std::vector<raft::VoterId>& peers) {
  if (!raft_) return;
  std::vector<Output> outputs;
  for (const raft::VoterId peer : peers) raft_->forget_peer(now, peer, outputs);
  carry_out(now, std::move(outputs));
}

void RaftDriver::resign(Instant now) {
  if (!is_leader()) return;
  std::vector<Output> outputs;
  raft_->resign(now, outputs);
  carry_out(now, std::move(outputs));
}

std::string RaftDriver::leader() const {
  const wire::VoterSlot* slot = raft_ ? roster_.voters().slot_of(raft_->leader()) : nullptr;
  return slot == nullptr ? std::string() : slot->node;
}

void RaftDriver::carry_out(Instant now, std::vector<Output> outputs) {
  for (Output& output : outputs) on_output(now, output);
  shorten_log(now);
}

void RaftDriver::on_output(Instant now, Output& output) {
  if (const auto* message = std::get_if<raft::Send>(&output)) {
    send(now, message->message);
  } else if (const auto* storing = std::get_if<raft::Persist>(&output)) {
    persist(now, *storing);
  } else if (const auto* applied = std::get_if<raft::Apply>(&output)) {
    for (const raft::Entry& entry : applied->entries) {
      if (!entry.data.empty()) machine_.apply(now, entry);
    }
  } else if (const auto* restored = std::get_if<raft::Restore>(&output)) {
    machine_.restore(now, restored->snapshot);
  } else if (const auto* changed = std::get_if<raft::RoleChanged>(&output)) {
    on_role(now, *changed);
  } else if (const auto* opened = std::get_if<raft::EpochOpened>(&output)) {
    opened_ = opened->term;
  } else if (const auto* dropped = std::get_if<raft::Dropped>(&output)) {
    on_dropped(now, *dropped);
  }
}

void RaftDriver::send(Instant now, const raft::Message& message) {
  const wire::VoterSlot* slot = roster_.voters().slot_of(message.to);
  if (slot != nullptr) links_.send(now, slot->node, message);
}

void RaftDriver::persist(Instant now, const raft::Persist& persist) {
  store_.write(now, journal_->plan(persist), [this](Instant at) {
    if (!raft_) return;  // it ended meanwhile
    std::vector<Output> outputs;
    raft_->on_persisted(at, outputs);
    carry_out(at, std::move(outputs));
  });
}

void RaftDriver::on_role(Instant now, const raft::RoleChanged& changed) {
  const bool leads = changed.role == raft::Role::Leader;
  if (leads == was_leader_) return;
  was_leader_ = leads;
  observe(observer_, now, leads ? EventKind::LeaderElected : EventKind::LeaderLost, Severity::Info,
          {{"region", config_.region},
           {"group", group_name(config_.region, roster_.voters().group)},
           {"term", changed.term},
           {"leader", leads ? config_.node : leader()}});
}

void RaftDriver::on_dropped(Instant now, const raft::Dropped& dropped) { report_drop(now, raft::name(dropped.reason)); }

void RaftDriver::report_drop(Instant now, std::string_view reason) {
  observe(observer_, now, EventKind::FrameDropped, Severity::Warning, {{"region", config_.region}, {"reason", reason}});
}

void RaftDriver::shorten_log(Instant now) {
  if (!raft_ || raft_->entries_since_snapshot() <= kSnapshotEvery) return;
  std::vector<Output> outputs;
  raft_->take_snapshot(now, machine_.encode(now), outputs);
  for (Output& output : outputs) on_output(now, output);
}

}  // namespace syncer::cluster
