// SPDX-License-Identifier: Apache-2.0
// How the list of voters comes about: by all of them, on disk before anybody votes.
#include <algorithm>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/cluster/cluster.h"

namespace syncer::cluster {

using wire::Seat;
using wire::SeatStage;

/// A disk that was never used gets its number.
void Cluster::found(Instant now) {
  Charter fresh;
  fresh.disk = random_.stream("disk").next() | 1U;
  keep(now, std::move(fresh), [this](Instant at) {
    redial(at);
    consider(at);
  });
}

void Cluster::keep(Instant now, Charter charter, ClusterStore::Done done) {
  founding_ = true;
  Bytes octets = encode(charter);
  store_.write(now, {{kCharterKey, std::move(octets), false}},
               [this, kept = std::move(charter), then = std::move(done)](Instant at) {
                 founding_ = false;
                 charter_ = kept;
                 advertise(at);
                 then(at);
               });
}

void Cluster::advertise(Instant now) {
  links_.set_hello(now, {config_.region, config_.node, charter_.disk, charter_.stage, charter_.seats, charter_.group,
                         charter_.listed, term(), key_ids()});
}

/// Voters at their last known address, and everybody whom gossip shows.
void Cluster::redial(Instant now) {
  std::map<std::string, Endpoint> peers;
  for (const Seat& seat : charter_.seats) peers.emplace(seat.node, seat.address);
  for (const Member& member : members_) peers.insert_or_assign(member.node, member.cluster);
  peers.erase(config_.node);
  links_.set_peers(now, peers);
}

void Cluster::consider(Instant now) {
  if (founding_ || charter_.disk == 0 || !fatal_.empty()) return;
  if (charter_.stage == SeatStage::Seated) return check_own_seat();
  if (heed_seated(now)) return;
  if (charter_.stage == SeatStage::Fresh)
    propose_list(now);
  else
    count_proposals(now);
}

/// The latest list of a group that exists, if anybody tells us of one.
std::optional<wire::ClusterHello> Cluster::latest_list() const {
  std::optional<wire::ClusterHello> latest;
  for (wire::ClusterHello& hello : links_.hellos()) {
    const bool later = hello.stage == SeatStage::Seated && (!latest || hello.listed > latest->listed);
    if (later) latest = std::move(hello);
  }
  return latest;
}

/// A group that exists decides about us: a seat of this very disk is ours, everything else is not.
bool Cluster::heed_seated(Instant now) {
  const std::optional<wire::ClusterHello> list = latest_list();
  if (!list) return false;
  const Seat* own = find_seat(list->seats, config_.node);
  if (own == nullptr) {
    fail("region \"" + config_.region + "\" is served by the syncers " + names_of(list->seats) + "; \"" + config_.node +
         "\" is one too many: stop it, or give it another --cluster-name");
  } else if (SYNCER_MUTATED("cluster.wiped_disk_votes")) {
    charter_.disk = own->disk;
    found_group(now, *list);
  } else if (own->disk != charter_.disk) {
    excluded_ = "the data folder of voter \"" + config_.node + "\" was lost, and with it what the voter promised; it " +
                "does not vote until \"syncer cluster replace " + config_.node + "\" is said to the leader";
  } else if (charter_.stage == SeatStage::Fresh) {
    take_given_seat(now, *list);
  } else if (same_seats(charter_.seats, list->seats)) {
    found_group(now, *list);
  } else {
    excluded_ = "this syncer proposed another list of voters (" + names_of(charter_.seats) + ") than the one that " +
                "exists (" + names_of(list->seats) + "): say \"syncer cluster forget-proposal\" to it";
  }
  return true;
}

/// Exactly as many as wanted are there, and each of them was met: this is the list, for good.
void Cluster::propose_list(Instant now) {
  const std::size_t wanted = config_.cluster.voters;
  const std::string seen = std::to_string(members_.size() + 1) + " of " + std::to_string(wanted) +
                           " syncers of region \"" + config_.region + "\" are seen";
  if (members_.size() + 1 != wanted) {
    waiting_ = seen + (members_.size() + 1 > wanted ? ": stop those that are too many" : "");
    return;
  }
  std::vector<Seat> seats = {{config_.node, charter_.disk, config_.address}};
  for (const Member& member : members_) {
    const wire::ClusterHello* hello = links_.hello(member.node);
    waiting_ = "syncer \"" + member.node + "\" does not answer on its cluster port";
    if (hello == nullptr) return;
    seats.push_back({member.node, hello->disk, member.cluster});
  }
  std::sort(seats.begin(), seats.end(), [](const Seat& a, const Seat& b) { return a.node < b.node; });
  for (const Member& member : members_) {
    const wire::ClusterHello* hello = links_.hello(member.node);
    const bool free = hello->stage == SeatStage::Fresh || same_seats(hello->seats, seats);
    waiting_ = "syncer \"" + member.node + "\" is bound to another list of voters (" + names_of(hello->seats) +
               "): say \"syncer cluster forget-proposal\" to it";
    if (!free) return;
  }
  waiting_ = seen;
  keep(now, {charter_.disk, SeatStage::Proposed, std::move(seats)}, [this](Instant at) { consider(at); });
}

/// Whoever proposed is bound. When all are bound to one list, it is the group's; fewer might still be bound to two.
void Cluster::count_proposals(Instant now) {
  std::size_t agreed = 0;
  for (const Seat& seat : charter_.seats) {
    const wire::ClusterHello* hello = links_.hello(seat.node);
    const bool same = hello != nullptr && hello->disk == seat.disk && same_seats(hello->seats, charter_.seats);
    if (same || seat.node == config_.node)
      ++agreed;
    else
      waiting_ = not_agreed(seat, hello);
  }
  if (agreed == charter_.seats.size()) found_group(now, {"", "", 0, SeatStage::Seated, charter_.seats});
}

/// What is missing for a group, and what an operator can do when it will never come.
std::string Cluster::not_agreed(const Seat& seat, const wire::ClusterHello* hello) const {
  std::string why = "syncer \"" + seat.node + "\" has not agreed to the voters " + names_of(charter_.seats);
  const bool never = hello != nullptr && (hello->disk != seat.disk || hello->stage != SeatStage::Fresh);
  why += never ? " and never will (" : " (if it never will: ";
  return why + "say \"syncer cluster forget-proposal\" to each syncer that did)";
}

void Cluster::found_group(Instant now, const wire::ClusterHello& list) {
  charter_.seats = list.seats;
  charter_.listed = list.listed;
  charter_.group = list.group != 0 ? list.group : founded_by(list.seats);
  // Never seated, so never a vote: what may be there is of a group that was not founded after all.
  auto recovery = raft::recover({}, identity());
  if (!recovery) return fail(to_string(recovery.error()));
  take_seat(now, std::move(*recovery));
}

void Cluster::take_seat(Instant now, raft::Recovery recovery) {
  std::vector<raft::StoreOperation> repairs = std::exchange(recovery.repairs, {});
  founding_ = true;
  // The voter's store first: a charter that says "seated" without one means that it was lost.
  store_.write(now, std::move(repairs), [this, clean = std::move(recovery)](Instant at) {
    Charter seated = charter_;
    seated.stage = SeatStage::Seated;
    keep(at, std::move(seated), [this, clean](Instant then) {
      redial(then);
      enter(then, clean);
    });
  });
}

void Cluster::enter(Instant now, raft::Recovery recovery) {
  std::vector<raft::StoreOperation> repairs = std::exchange(recovery.repairs, {});
  store_.write(now, std::move(repairs), [this, clean = std::move(recovery)](Instant at) {
    std::vector<raft::VoterId> voters;
    for (std::size_t i = 0; i < charter_.seats.size(); ++i) voters.push_back({i + 1});
    self_ = voter_of(config_.node, charter_.disk);
    raft::Options options;
    options.election_timeout = config_.cluster.election_timeout;
    options.heartbeat_interval = config_.cluster.heartbeat;
    const auto wrong = raft::check(options, self_, voters);
    if (wrong) return fail(to_string(*wrong));
    journal_ = clean.journal;
    state_.seats = charter_.seats;
    state_.listed = charter_.listed;
    restore(at, clean.stored.snapshot);
    raft_.emplace(self_, std::move(voters), options, random_.stream("raft"), at, clean.stored);
    image_.clear();
    advertise(at);
    std::vector<raft::Output> outputs;
    raft_->advance(at, outputs);
    carry_out(at, std::move(outputs));
  });
}

Bytes Cluster::identity() const { return group_name(config_.region, charter_.group) + "/" + config_.node; }

}  // namespace syncer::cluster
