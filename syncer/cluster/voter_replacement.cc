// SPDX-License-Identifier: Apache-2.0
#include "syncer/cluster/voter_replacement.h"

#include <algorithm>
#include <limits>

#include "syncer/base/mutation.h"

namespace syncer::cluster {
namespace {

using wire::VoterSlot;
using wire::VoterStage;

tl::unexpected<Error> refused(std::string why) { return failure(ErrorCode::Refused, "", std::move(why)); }

}  // namespace

Result<void> VoterReplacement::replace(Instant now, std::string_view node) {
  const std::vector<VoterSlot>& slots = roster_.voters().slots;
  const VoterSlot* slot = find_slot(slots, node);
  if (slot == nullptr) {
    return failure(ErrorCode::NotFound, "",
                   "\"" + std::string(node) + "\" is no voter of region \"" + config_.region + "\"; its voters are " +
                       names_of(slots));
  }
  const Result<std::uint64_t> disk = new_disk_for(*slot);
  if (!disk) return tl::unexpected(disk.error());
  if (auto alone = one_at_a_time(); !alone) return alone;
  if (auto others = all_hold_this_list(*slot); !others) return others;
  VoterSlot given{slot->node, *disk, roster_.address_of(slot->node).value_or(slot->address)};
  const auto proposed = raft_.propose(now, ReassignSlot{std::move(given)});
  if (!proposed) return proposed;
  proposed_at_ = raft_.log().last().index;
  return {};
}

/// The number of the disk that runs under the name of this slot instead of its own.
Result<std::uint64_t> VoterReplacement::new_disk_for(const VoterSlot& slot) const {
  const wire::ClusterHello* hello = roster_.hello(slot.node);
  if (slot.node == config_.node || (hello != nullptr && hello->disk == slot.disk)) {
    return refused("voter \"" + slot.node + "\" still has the disk of its slot: there is nothing to replace");
  }
  if (hello == nullptr) {
    return refused("syncer \"" + slot.node + "\" is not there: start it with its new, empty data folder first");
  }
  return hello->disk;
}

/// The replacement before this one is known to all of us: with two at once, each of the two new disks would wait for
/// the other to be a voter. What an earlier leader proposed is applied by the present one.
Result<void> VoterReplacement::one_at_a_time() const {
  const bool applied = raft_.log().applied() >= proposed_at_;
  const bool stored = state_.list_version == roster_.voters().list_version && !roster_.writing();
  if ((applied && stored) || SYNCER_MUTATED("cluster.change_two_at_once")) return {};
  return refused("another voter is being replaced; try again in a moment");
}

/// Every other voter announces the list that is in force here; one that lost its disk too cannot and need not.
Result<void> VoterReplacement::all_hold_this_list(const VoterSlot& but) const {
  const VoterSet& voters = roster_.voters();
  for (const VoterSlot& slot : voters.slots) {
    if (slot.node == but.node || slot.node == config_.node) continue;
    const wire::ClusterHello* hello = roster_.hello(slot.node);
    if (hello == nullptr) return refused("voter \"" + slot.node + "\" is not there, and every other voter must be");
    const bool lost = hello->disk != slot.disk;
    const bool holds = hello->stage == VoterStage::Voting && hello->list_version == voters.list_version;
    if (!lost && !holds) {
      return refused("voter \"" + slot.node + "\" has not applied the last replacement yet; try again in a moment");
    }
  }
  return {};
}

void VoterReplacement::store_list(Instant now) {
  VoterSet next = roster_.voters();
  next.slots = state_.slots;
  next.list_version = state_.list_version;
  roster_.write(now, std::move(next), [this, before = roster_.voters().slots](Instant at) {
    roster_.redial(at);
    ignore_lost_disks(at, before);
    check_own_slot();
  });
}

void VoterReplacement::ignore_lost_disks(Instant now, const std::vector<VoterSlot>& before) {
  const VoterSet& voters = roster_.voters();
  std::vector<raft::VoterId> replaced;
  for (const VoterSlot& slot : voters.slots) {
    const VoterSlot* former = find_slot(before, slot.node);
    if (former != nullptr && former->disk != slot.disk) replaced.push_back(voters.voter_of(slot.node, slot.disk));
  }
  raft_.forget_peers(now, replaced);
}

void VoterReplacement::check_own_slot() {
  const VoterSet& voters = roster_.voters();
  const std::optional<wire::ClusterHello> list = roster_.latest_list();
  const bool later = list && list->group == voters.group && list->list_version > voters.list_version;
  const VoterSlot* own = find_slot(later ? list->slots : voters.slots, config_.node);
  replaced_.clear();
  if (own != nullptr && own->disk == voters.disk) return;
  if (own == nullptr) {
    if (later) return;
    replaced_ = "the list of voters on the disk of \"" + config_.node + "\" (" + names_of(voters.slots) +
                ") does not " + "contain it: it does not vote; give it a new, empty data folder";
    return;
  }
  replaced_ = "the slot of voter \"" + config_.node + "\" was given to another disk while this one was away: it does " +
              "not vote again; stop one of the two, or give this one a new, empty data folder";
}

Result<raft::Term> VoterReplacement::first_term(const wire::ClusterHello& list) const {
  raft::Term term = 0;
  raft::Term lowest = std::numeric_limits<raft::Term>::max();
  for (const VoterSlot& slot : list.slots) {
    if (slot.node == config_.node) continue;
    const wire::ClusterHello* hello = roster_.hello(slot.node);
    if (hello != nullptr && hello->disk != slot.disk) continue;
    const bool agrees = hello != nullptr && hello->stage == VoterStage::Voting && hello->group == list.group &&
                        hello->list_version == list.list_version && hello->term > 0;
    if (!agrees) {
      return refused("the slot of a lost disk is given to this one, but voter \"" + slot.node +
                     "\" has not written that down yet");
    }
    term = std::max(term, hello->term);
    lowest = std::min(lowest, hello->term);
  }
  if (term > lowest && term - lowest > raft::kMaxTermJump) {
    return refused("the slot of a lost disk is given to this one, but the terms of the other voters are far apart");
  }
  return SYNCER_MUTATED("cluster.new_disk_forgets_terms") ? 0 : term;
}

}  // namespace syncer::cluster
