// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/formation.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"

namespace syncer::cluster {

using wire::VoterSlot;
using wire::VoterStage;

void Formation::start(Instant now) { take_number(now, random_.stream("disk").next() | 1U); }

void Formation::take_number(Instant now, std::uint64_t disk) {
  VoterSet fresh;
  fresh.disk = disk;
  roster_.write(now, std::move(fresh), [this](Instant at) {
    roster_.redial(at);
    consider(at);
  });
}

void Formation::consider(Instant now) {
  const VoterSet& voters = roster_.voters();
  if (roster_.writing() || voters.disk == 0 || voters.stage == VoterStage::Voting) return;
  if (follow_existing_group(now)) return;
  if (voters.stage == VoterStage::Fresh)
    propose_list(now);
  else
    count_proposals(now);
}

/// A group that exists decides about us: a slot of this very disk is ours, everything else is not.
bool Formation::follow_existing_group(Instant now) {
  const std::optional<wire::ClusterHello> list = roster_.latest_list();
  excluded_.clear();
  if (!list) return false;
  const VoterSlot* own = find_slot(list->slots, config_.node);
  if (own != nullptr) {
    join_as(now, *own, *list);
  } else {
    excluded_ = "region \"" + config_.region + "\" is served by the syncers " + names_of(list->slots) + "; \"" +
                config_.node + "\" is one too many: stop it, or give it another --cluster-name";
  }
  return true;
}

void Formation::join_as(Instant now, const VoterSlot& own, const wire::ClusterHello& list) {
  const VoterSet& voters = roster_.voters();
  SYNCER_SOMETIMES(own.disk != voters.disk, "cluster.disk_of_a_voter_was_lost");
  if (SYNCER_MUTATED("cluster.wiped_disk_votes")) {
    VoterSet mistaken = bound_to(list);
    mistaken.disk = own.disk;
    found_group(now, std::move(mistaken));
  } else if (own.disk != voters.disk) {
    excluded_ = "the data folder of voter \"" + config_.node + "\" was lost, and with it what the voter promised; it " +
                "does not vote until the leader is asked: \"syncer cluster replace " + config_.node + "\"";
  } else if (voters.stage == VoterStage::Fresh) {
    take_given_slot(now, list);
  } else if (same_slots(voters.slots, list.slots)) {
    found_group(now, bound_to(list));
  } else {
    excluded_ = "this syncer proposed another list of voters (" + names_of(voters.slots) + ") than the one that " +
                "exists (" + names_of(list.slots) + "): run \"syncer cluster forget-proposal\" on it";
  }
}

void Formation::take_given_slot(Instant now, const wire::ClusterHello& list) {
  if (list.slots.size() != config_.cluster.voters && !SYNCER_MUTATED("cluster.join_a_group_of_any_size")) {
    excluded_ = "a group of " + std::to_string(list.slots.size()) + " (" + names_of(list.slots) + ") offers \"" +
                config_.node + "\" a slot, and cluster.voters is " + std::to_string(config_.cluster.voters);
    return;
  }
  const Result<raft::Term> term = replacement_.first_term(list);
  if (!term) {
    excluded_ = term.error().detail;
    return;
  }
  VoterSet voters = bound_to(list);
  const raft::VoterId self = voters.voter_of(config_.node, voters.disk);
  raft::Recovery recovery = raft::take_over(identity(voters), self, *term);
  begin_to_vote(now, std::move(voters), std::move(recovery));
}

/// Exactly as many as wanted are there, and each of them was met: this is the list, for good.
void Formation::propose_list(Instant now) {
  const std::size_t wanted = config_.cluster.voters;
  const std::size_t seen = roster_.members().size() + 1;
  const std::string count =
      std::to_string(seen) + " of " + std::to_string(wanted) + " syncers of region \"" + config_.region + "\" are seen";
  if (seen != wanted) {
    waiting_ = count + (seen > wanted ? ": stop those that are too many" : "");
    return;
  }
  std::optional<std::vector<VoterSlot>> slots = list_of_members();
  if (!slots || !all_are_free(*slots)) return;
  waiting_ = count;
  roster_.write(now, {roster_.voters().disk, VoterStage::Proposed, std::move(*slots)},
                [this](Instant at) { consider(at); });
}

/// In order of names; nothing while a member has not introduced itself.
std::optional<std::vector<VoterSlot>> Formation::list_of_members() {
  std::vector<VoterSlot> slots = {{config_.node, roster_.voters().disk, config_.address}};
  for (const ClusterMember& member : roster_.members()) {
    const wire::ClusterHello* hello = roster_.hello(member.node);
    waiting_ = "syncer \"" + member.node + "\" does not answer on its cluster port";
    if (hello == nullptr) return std::nullopt;
    slots.push_back({member.node, hello->disk, member.address});
  }
  std::sort(slots.begin(), slots.end(), [](const VoterSlot& a, const VoterSlot& b) { return a.node < b.node; });
  return slots;
}

bool Formation::all_are_free(const std::vector<VoterSlot>& slots) {
  for (const ClusterMember& member : roster_.members()) {
    const wire::ClusterHello* hello = roster_.hello(member.node);
    const bool free = hello->stage == VoterStage::Fresh || same_slots(hello->slots, slots);
    waiting_ = "syncer \"" + member.node + "\" is bound to another list of voters (" + names_of(hello->slots) +
               "): run \"syncer cluster forget-proposal\" on it";
    if (!free) return false;
  }
  return true;
}

/// A syncer that proposed is bound. When all are bound to one list, it is the group's; fewer might still be bound to
/// two.
void Formation::count_proposals(Instant now) {
  const VoterSet& voters = roster_.voters();
  std::size_t agreed = 0;
  for (const VoterSlot& slot : voters.slots) {
    const wire::ClusterHello* hello = roster_.hello(slot.node);
    const bool same = hello != nullptr && hello->disk == slot.disk && same_slots(hello->slots, voters.slots);
    if (same || slot.node == config_.node)
      ++agreed;
    else
      waiting_ = not_agreed(slot, hello);
  }
  if (agreed == voters.slots.size()) found_group(now, voters);
}

/// What is missing for a group, and what an operator can do when it will never come.
std::string Formation::not_agreed(const VoterSlot& slot, const wire::ClusterHello* hello) const {
  std::string why = "syncer \"" + slot.node + "\" has not agreed to the voters " + names_of(roster_.voters().slots);
  const bool never = hello != nullptr && (hello->disk != slot.disk || hello->stage != VoterStage::Fresh);
  why += never ? " and never will (" : " (if it never will: ";
  return why + "run \"syncer cluster forget-proposal\" on each syncer that did)";
}

VoterSet Formation::bound_to(const wire::ClusterHello& list) const {
  return {roster_.voters().disk, VoterStage::Proposed, list.slots, list.group, list.list_version};
}

void Formation::found_group(Instant now, VoterSet voters) {
  if (voters.group == 0) voters.group = group_founded_by(voters.slots);
  // This disk never voted, so whatever is in its store belongs to a group that was not founded after all.
  auto recovery = raft::recover({}, identity(voters));
  if (!recovery) return fail_(to_string(recovery.error()));
  begin_to_vote(now, std::move(voters), std::move(*recovery));
}

/// The voter's store is written before the voter set: a voter set in the stage Voting without a store means that
/// the store was lost.
void Formation::begin_to_vote(Instant now, VoterSet voters, raft::Recovery recovery) {
  excluded_.clear();
  voters.stage = VoterStage::Voting;
  std::vector<raft::StoreOperation> store = std::exchange(recovery.repairs, {});
  const auto formed = [this, clean = std::move(recovery)](Instant at) {
    roster_.redial(at);
    formed_(at, clean);
  };
  roster_.write(now, std::move(voters), formed, std::move(store));
}

/// As safe as a new, empty data folder: a disk of a new number never agreed to anything, and has no slot.
Result<void> Formation::forget_proposal(Instant now, bool barren) {
  const VoterSet& voters = roster_.voters();
  const bool bound = voters.stage == VoterStage::Proposed || (voters.stage == VoterStage::Voting && barren);
  if (!bound || roster_.writing()) {
    return failure(ErrorCode::Refused, "",
                   voters.stage == VoterStage::Voting
                       ? "the region's group exists already, and this syncer is one of its voters"
                       : "this syncer is bound to no list of voters");
  }
  excluded_.clear();
  take_number(now, random_.stream("disk").stream(voters.disk).next() | 1U);
  return {};
}

}  // namespace syncer::cluster
