// SPDX-License-Identifier: Apache-2.0
#include "syncer/membership/member_table.h"

#include <algorithm>
#include <utility>

#include "syncer/base/assert.h"
#include "syncer/base/mutation.h"
#include "syncer/membership/formulas.h"

namespace syncer::membership {

Member& MemberTable::add(Member member) {
  SYNCER_ASSERT(!by_name_.contains(member.name));
  MemberId id = static_cast<MemberId>(slots_.size());
  if (free_.empty()) {
    slots_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  by_name_.try_emplace(member.name, id);
  by_address_.emplace(member.address, id);
  slots_[id] = std::move(member);
  probe_order_.push_back(id);
  const std::size_t last = probe_order_.size() - 1;
  if (last > 0) std::swap(probe_order_[static_cast<std::size_t>(random_.below(last))], probe_order_[last]);
  return *slots_[id];
}

Member* MemberTable::find(std::string_view name) {
  const MemberId* id = by_name_.find(name);
  return id == nullptr ? nullptr : &*slots_[*id];
}

const Member* MemberTable::find(std::string_view name) const {
  const MemberId* id = by_name_.find(name);
  return id == nullptr ? nullptr : &*slots_[*id];
}

const Member* MemberTable::find(const Endpoint& address) const {
  const auto it = by_address_.lower_bound({address, 0});
  return it == by_address_.end() || it->first != address ? nullptr : &*slots_[it->second];
}

void MemberTable::move(Member& member, const Endpoint& address) {
  const MemberId id = by_name_.at(member.name);
  if (SYNCER_MUTATED("membership.look_for_movers_where_they_were")) {
    member.address = address;
    return;
  }
  by_address_.erase({member.address, id});
  by_address_.emplace(address, id);
  member.address = address;
}

Member* MemberTable::next_to_probe(Instant now, std::string_view self, Duration gossip_to_dead) {
  for (std::size_t checked = 0; checked < probe_order_.size() + 1; ++checked) {
    if (cursor_ >= probe_order_.size()) {
      forget_gone(now, self, gossip_to_dead);
      random_.shuffle(probe_order_);
      cursor_ = 0;
      if (probe_order_.empty()) return nullptr;
    }
    Member& member = *slots_[probe_order_[cursor_++]];
    if (member.name != self && !is_gone(member.state)) return &member;
  }
  return nullptr;
}

void MemberTable::forget_gone(Instant now, std::string_view self, Duration gossip_to_dead) {
  const auto forgotten = [&](MemberId id) {
    const Member& member = *slots_[id];
    if (member.name == self || !is_forgotten(member.state, now - member.changed, gossip_to_dead)) return false;
    by_name_.erase(member.name);
    by_address_.erase({member.address, id});
    slots_[id].reset();
    free_.push_back(id);
    return true;
  };
  probe_order_.erase(std::remove_if(probe_order_.begin(), probe_order_.end(), forgotten), probe_order_.end());
}

const std::vector<const Member*>& MemberTable::draw(std::size_t count) {
  const std::size_t wanted = std::min(count, chosen_.size());
  for (std::size_t i = 0; i < wanted; ++i) {
    const auto j = i + static_cast<std::size_t>(random_.below(chosen_.size() - i));
    std::swap(chosen_[i], chosen_[j]);
  }
  chosen_.resize(wanted);
  return chosen_;
}

}  // namespace syncer::membership
