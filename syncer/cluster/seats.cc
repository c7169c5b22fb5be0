// SPDX-License-Identifier: Apache-2.0
// How a seat whose disk was lost is given to another disk of the same name.
//
//   1  The leader commits GiveSeat. Its log, and that of a majority, holds whatever the lost voter helped to commit.
//   2  Each voter that applies it writes the new list down and says so, with its term, on every link; from then on it
//      heeds the lost disk no more.
//   3  The new disk takes the seat when every other voter has said so: its voter begins in the highest of their terms
//      with its vote there spent, and withholds votes for one election timeout.
//
// So no vote of the lost disk and of the new one meet in one term: in terms up to that one the new disk never votes,
// and in later ones nobody who votes heeds the lost one. A voter whose disk is lost as well has no vote to fear.
#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/cluster/cluster.h"

namespace syncer::cluster {
namespace {

using wire::Seat;
using wire::SeatStage;

tl::unexpected<Error> refused(std::string why) { return failure(ErrorCode::Refused, "", std::move(why)); }

}  // namespace

Result<void> Cluster::must_lead() const {
  if (reign()) return {};
  if (!raft_) return refused(pending().front());
  const std::string head = leader();
  if (head.empty()) return refused("no leader of the region is known: a majority of its voters must be there");
  if (head == config_.node) return refused("this syncer has just been elected; try again in a moment");
  return refused("only the leader can do that: ask syncer \"" + head + "\"");
}

/// Every other voter stands by the list that is in force here; one that lost its disk too cannot and need not.
Result<void> Cluster::all_stand_by(const Seat& but) const {
  for (const Seat& seat : charter_.seats) {
    if (seat.node == but.node || seat.node == config_.node) continue;
    const wire::ClusterHello* hello = links_.hello(seat.node);
    if (hello == nullptr) return refused("voter \"" + seat.node + "\" is not there, and every other voter must be");
    const bool lost = hello->disk != seat.disk;
    const bool stands_by = hello->stage == SeatStage::Seated && hello->listed == charter_.listed;
    if (!lost && !stands_by) {
      return refused("voter \"" + seat.node + "\" has not taken the last change of a seat in yet; try again");
    }
  }
  return {};
}

/// The seat given before is known to all of us: two given at once would leave two new disks, each of which waits for
/// the other to be a voter. What an earlier leader gave is applied by who leads.
Result<void> Cluster::one_at_a_time() const {
  const bool done = raft_->raft().log().applied() >= given_ && state_.listed == charter_.listed && !founding_;
  if (done || SYNCER_MUTATED("cluster.change_two_at_once")) return {};
  return refused("a change of a seat is under way; try again in a moment");
}

Result<void> Cluster::replace(Instant now, std::string_view node) {
  if (auto leads = must_lead(); !leads) return leads;
  const Seat* seat = find_seat(charter_.seats, node);
  if (seat == nullptr) {
    return failure(ErrorCode::NotFound, "",
                   "\"" + std::string(node) + "\" is no voter of region \"" + config_.region + "\"; its voters are " +
                       names_of(charter_.seats));
  }
  const wire::ClusterHello* hello = links_.hello(seat->node);
  if (seat->node == config_.node || (hello != nullptr && hello->disk == seat->disk)) {
    return refused("voter \"" + seat->node + "\" still has the disk of its seat: there is nothing to replace");
  }
  if (hello == nullptr) {
    return refused("syncer \"" + seat->node + "\" is not there: start it with its new, empty data folder first");
  }
  if (auto alone = one_at_a_time(); !alone) return alone;
  if (auto others = all_stand_by(*seat); !others) return others;
  Seat given{seat->node, hello->disk, seat->address};
  for (const Member& member : members_) {
    if (member.node == given.node) given.address = member.cluster;
  }
  if (auto proposed = propose(now, GiveSeat{std::move(given)}); !proposed) return proposed;
  given_ = raft_->raft().log().last().index;
  return {};
}

Result<void> Cluster::raise_generation(Instant now) {
  if (auto leads = must_lead(); !leads) return leads;
  return propose(now, RaiseGeneration{state_.generation + 1});
}

Result<void> Cluster::propose(Instant now, const ClusterCommand& command) {
  std::vector<raft::Output> outputs;
  const auto at = raft_->propose(now, encode_command(command), outputs);
  carry_out(now, std::move(outputs));
  if (!at) return tl::unexpected(at.error());
  return {};
}

/// As safe as a new, empty data folder: who is not seated has never voted, and a disk of a new number never agreed.
Result<void> Cluster::forget_proposal(Instant now) {
  if (charter_.stage != SeatStage::Proposed || founding_) {
    return refused(charter_.stage == SeatStage::Seated
                       ? "the region's group exists already, and this syncer is one of its voters"
                       : "this syncer is bound to no list of voters");
  }
  Charter fresh;
  fresh.disk = random_.stream("disk").stream(charter_.disk).next() | 1U;
  excluded_.clear();
  keep(now, std::move(fresh), [this](Instant at) {
    redial(at);
    consider(at);
  });
  return {};
}

void Cluster::give_seat(Instant now, raft::Index at, const Seat& given) {
  const auto has_name = [&](const Seat& seat) { return seat.node == given.node; };
  const auto seat = std::find_if(state_.seats.begin(), state_.seats.end(), has_name);
  if (at <= state_.listed || seat == state_.seats.end()) return;
  *seat = given;
  state_.listed = at;
  write_down_seats(now);
}

void Cluster::write_down_seats(Instant now) {
  Charter charter = charter_;
  charter.seats = state_.seats;
  charter.listed = state_.listed;
  keep(now, std::move(charter), [this, before = charter_.seats](Instant at) {
    redial(at);
    std::vector<raft::Output> outputs;
    for (const Seat& seat : charter_.seats) {
      if (!same_seats({seat}, {*find_seat(before, seat.node)})) {
        raft_->forget_peer(at, voter_of(seat.node, seat.disk), outputs);
      }
    }
    carry_out(at, std::move(outputs));
    check_own_seat();
  });
}

/// A disk that was given up for lost came back after its seat was given away.
void Cluster::check_own_seat() {
  const std::optional<wire::ClusterHello> list = latest_list();
  const bool later = list && list->group == charter_.group && list->listed > charter_.listed;
  const Seat* own = find_seat(later ? list->seats : charter_.seats, config_.node);
  if (own != nullptr && own->disk != charter_.disk) {
    fail("the seat of voter \"" + config_.node + "\" was given to another disk while this one was away: it must not " +
         "vote again; stop one of the two, or give this one a new, empty data folder");
  }
}

void Cluster::take_given_seat(Instant now, const wire::ClusterHello& list) {
  raft::Term term = 0;
  for (const Seat& seat : list.seats) {
    if (seat.node == config_.node) continue;
    const wire::ClusterHello* hello = links_.hello(seat.node);
    if (hello != nullptr && hello->disk != seat.disk) continue;
    const bool agrees = hello != nullptr && hello->stage == SeatStage::Seated && hello->group == list.group &&
                        hello->listed == list.listed && hello->term > 0;
    if (!agrees && !SYNCER_MUTATED("cluster.seat_before_all_agree")) {
      excluded_ =
          "the seat of a lost disk is given to this one, but voter \"" + seat.node + "\" has not written that down yet";
      return;
    }
    if (agrees) term = std::max(term, hello->term);
  }
  if (SYNCER_MUTATED("cluster.new_disk_forgets_terms")) term = 0;
  excluded_.clear();
  charter_.seats = list.seats;
  charter_.listed = list.listed;
  charter_.group = list.group;
  take_seat(now, raft::take_over(identity(), voter_of(config_.node, charter_.disk), term));
}

}  // namespace syncer::cluster
