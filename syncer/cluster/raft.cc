// SPDX-License-Identifier: Apache-2.0
// How the voter is driven: its outputs become writes, messages and changes of the reign.
#include <algorithm>
#include <utility>

#include "syncer/base/mutation.h"
#include "syncer/cluster/cluster.h"

namespace syncer::cluster {
namespace {

using raft::Output;

/// Applied entries after which the log is shortened.
constexpr raft::Index kSnapshotEvery = 1000;

}  // namespace

void Cluster::take_news(Instant now) {
  ClusterLinks::News news = links_.take_news();
  for (const std::string& reason : news.dropped) {
    observe(observer_, now, EventKind::FrameDropped, Severity::Warning,
            {{"region", config_.region}, {"reason", "cluster port: " + reason}});
  }
  if (news.hellos) {
    share_keys(now);
    consider(now);
  }
  for (Bytes& key : news.keys) hear_key(now, std::move(key));
  for (const std::string& node : news.lost) {
    const wire::Seat* seat = find_seat(charter_.seats, node);
    if (!raft_ || seat == nullptr) continue;
    std::vector<Output> outputs;
    raft_->report_unreachable(now, voter_of(node, seat->disk), outputs);
    carry_out(now, std::move(outputs));
  }
  for (const ClusterLinks::Heard& heard : news.heard) hear(now, heard);
}

void Cluster::hear(Instant now, const ClusterLinks::Heard& heard) {
  const raft::VoterId voter = voter_of(heard.node, heard.disk);
  if (!raft_ || voter == raft::kNobody) return;
  std::vector<Output> outputs;
  raft_->receive(now, voter, heard.message, outputs);
  carry_out(now, std::move(outputs));
}

void Cluster::carry_out(Instant now, std::vector<Output> outputs) {
  for (Output& output : outputs) on_output(now, output);
  shorten(now);
}

void Cluster::on_output(Instant now, Output& output) {
  if (auto* send = std::get_if<raft::Send>(&output)) {
    const wire::Seat* seat = seat_of(send->message.to);
    if (seat != nullptr) links_.send(now, seat->node, send->message);
  } else if (const auto* persist = std::get_if<raft::Persist>(&output)) {
    store_.write(now, journal_->plan(*persist), [this](Instant at) {
      std::vector<Output> outputs;
      raft_->on_persisted(at, outputs);
      carry_out(at, std::move(outputs));
    });
  } else if (const auto* applied = std::get_if<raft::Apply>(&output)) {
    for (const raft::Entry& entry : applied->entries) apply(now, entry);
  } else if (const auto* restored = std::get_if<raft::Restore>(&output)) {
    restore(now, restored->snapshot);
  } else if (const auto* changed = std::get_if<raft::RoleChanged>(&output)) {
    on_role(now, *changed);
  } else if (const auto* opened = std::get_if<raft::EpochOpened>(&output)) {
    opened_ = opened->term;
  } else if (const auto* dropped = std::get_if<raft::Dropped>(&output)) {
    observe(observer_, now, EventKind::FrameDropped, Severity::Warning,
            {{"region", config_.region}, {"reason", raft::name(dropped->reason)}});
  }
}

void Cluster::on_role(Instant now, const raft::RoleChanged& changed) {
  const bool leads = changed.role == raft::Role::Leader;
  if (leads == was_leader_) return;
  was_leader_ = leads;
  observe(observer_, now, leads ? EventKind::LeaderElected : EventKind::LeaderLost, Severity::Info,
          {{"region", config_.region},
           {"group", group_name(config_.region, charter_.group)},
           {"term", changed.term},
           {"leader", leads ? config_.node : leader()}});
}

void Cluster::apply(Instant now, const raft::Entry& entry) {
  if (entry.data.empty()) return;
  const auto command = decode_command(entry.data);
  if (!command) return fail(to_string(command.error()) + "; a voter that skipped it would go astray: update it");
  if (const auto* raise = std::get_if<RaiseGeneration>(&*command)) {
    state_.generation = std::max(state_.generation, raise->generation);
  } else if (const auto* given = std::get_if<GiveSeat>(&*command)) {
    give_seat(now, entry.index, given->seat);
  } else if (const auto* note = std::get_if<NoteGuard>(&*command)) {
    cluster::apply(now, *note, state_);
  } else if (const auto* release = std::get_if<ReleaseGuard>(&*command)) {
    cluster::apply(now, *release, state_);
    if (reign()) releases_.push_back(release->region);
  } else if (const auto* use = std::get_if<UseKey>(&*command)) {
    cluster::apply(*use, state_);
    order_keys(now);
  } else if (const auto* removed = std::get_if<RemoveKey>(&*command)) {
    cluster::apply(*removed, state_);
    order_keys(now);
  }
}

void Cluster::restore(Instant now, const raft::Snapshot& snapshot) {
  if (snapshot.at.index == 0) return;
  auto state = decode_state(now, snapshot.state);
  if (!state) return fail(to_string(state.error()) + "; update this syncer");
  const bool seats_changed = state->listed > state_.listed;
  if (!seats_changed) {
    state->seats = state_.seats;
    state->listed = state_.listed;
  }
  state_ = std::move(*state);
  order_keys(now);
  if (seats_changed) write_down_seats(now);
}

void Cluster::shorten(Instant now) {
  if (!raft_ || raft_->entries_since_snapshot() <= kSnapshotEvery) return;
  std::vector<Output> outputs;
  raft_->take_snapshot(now, encode_state(now, state_), outputs);
  for (Output& output : outputs) on_output(now, output);
}

Result<void> Cluster::note_guard(Instant now, const GuardMark& mark) {
  const Duration age = mark.frozen ? std::max(now - mark.since, Duration::zero()) : Duration::zero();
  return propose(now, NoteGuard{mark.side, mark.region, mark.frozen, age, mark.baseline, mark.held});
}

/// A follower's proposal goes to its leader: an operator may ask anybody.
Result<void> Cluster::release_guard(Instant now, std::string_view region) {
  if (!raft_) return failure(ErrorCode::Refused, "", pending().front());
  return propose(now, ReleaseGuard{std::string(region)});
}

void Cluster::outbid(Instant now, Epoch known) {
  const auto own = reign();
  if (!own || known < *own || SYNCER_MUTATED("cluster.keep_generation")) return;
  const Epoch wanted{known.generation + 1, own->term};
  if (wanted == outbid_) return;
  if (propose(now, RaiseGeneration{wanted.generation})) outbid_ = wanted;
}

const wire::Seat* Cluster::seat_of(raft::VoterId voter) const {
  const bool known = voter.value >= 1 && voter.value <= charter_.seats.size();
  return known ? &charter_.seats[voter.value - 1] : nullptr;
}

raft::VoterId Cluster::voter_of(std::string_view node, std::uint64_t disk) const {
  const wire::Seat* seat = find_seat(charter_.seats, node);
  if (seat == nullptr || seat->disk != disk) return raft::kNobody;
  return {static_cast<std::uint64_t>(seat - charter_.seats.data()) + 1};
}

}  // namespace syncer::cluster
