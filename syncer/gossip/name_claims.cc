// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/name_claims.h"

#include <algorithm>

#include "syncer/base/mutation.h"
#include "syncer/base/sometimes.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

namespace {

/// A process this young gives way when its name is taken; an older one was there first.
constexpr Duration kNewcomerAge = std::chrono::seconds(60);
constexpr Duration kCheckInterval = std::chrono::seconds(5);
/// Time for a joiner to read our answer, to ask whether its name is taken, and to be gone.
constexpr Duration kJoinerFirst = std::chrono::seconds(5);

}  // namespace

bool NameCheck::is_newcomer(Instant now) const { return !returns_ && now - started_ <= kNewcomerAge; }

bool NameCheck::begin(Instant now) {
  if (now < next_ || !is_newcomer(now)) return false;
  next_ = now + kCheckInterval;
  return true;
}

void NameCheck::let_joiner_check_first(Instant now) {
  if (SYNCER_MUTATED("gossip.race_joiner_for_name")) return;
  next_ = std::max(next_, now + kJoinerFirst);
}

void NameCheck::answered(const std::string& node, const Endpoint& other) {
  conflict_ = "node name \"" + node + "\" is already used by a member at " + to_string(other) +
              "; give each syncer its own --node";
}

void AddressClaims::note(Instant now, const membership::Alive& account, bool own_account) {
  const membership::Member* known = swim_.members().find(account.node);
  if (known == nullptr || known->name == swim_.self_name()) return;
  if (known->address == account.address) return settle(*known);
  const MemberInfo claim{
      known->name,         account.address,     membership::State::Alive,
      account.incarnation, Bytes(account.meta), wire::gossip::decode_tags(account.meta).value_or(wire::gossip::Tags{})};
  claims_[known->name] = {claim, own_account};
  forget_strangers();
  if (own_account && !SYNCER_MUTATED("gossip.introduce_no_claimants")) introduce_to_latest(now, claim);
}

void AddressClaims::introduce_to_latest(Instant now, const MemberInfo& claim) {
  std::erase(latest_, claim.name);
  for (const std::string& name : latest_) {
    const auto other = claims_.find(name);
    if (other == claims_.end() || !other->second.own_account) continue;
    if (!may_introduce(now)) break;
    SYNCER_SOMETIMES(true, "gossip.introduces_two_claimants");
    introduce(claim, other->second.member);
    introduce(other->second.member, claim);
  }
  latest_.push_front(claim.name);
  if (latest_.size() > kMostIntroduced && !SYNCER_MUTATED("gossip.introduce_everybody")) latest_.pop_back();
}

bool AddressClaims::may_introduce(Instant now) {
  if (now - second_began_ >= std::chrono::seconds(1)) {
    second_began_ = now;
    pairs_ = 0;
  }
  return ++pairs_ <= kPairsPerSecond || SYNCER_MUTATED("gossip.introduce_at_any_rate");
}

/// Who got the name claims it no more: what it said then is no claim against who holds the name later.
void AddressClaims::settle(const membership::Member& holder) {
  const auto claim = claims_.find(holder.name);
  if (claim == claims_.end() || claim->second.member.address != holder.address) return;
  if (!SYNCER_MUTATED("gossip.keep_settled_claims")) claims_.erase(claim);
}

/// Members are forgotten, and others come with other names.
void AddressClaims::forget_strangers() {
  if (claims_.size() <= swim_.members().size()) return;
  std::erase_if(claims_, [&](const auto& entry) { return swim_.members().find(entry.first) == nullptr; });
}

void AddressClaims::introduce(const MemberInfo& one, const MemberInfo& other) {
  const membership::Member* member = swim_.members().find(one.name);
  if (member == nullptr || member->address == one.address) return;
  const ByteView versions = account_of(*member).versions;
  swim_.send(other.address, {membership::Alive{one.incarnation, one.name, one.address, one.tags_raw, versions}}, out_);
}

std::vector<MemberInfo> AddressClaims::take_free(Instant now, Duration reclaim) {
  std::vector<MemberInfo> free;
  if (reclaim <= Duration::zero() || SYNCER_MUTATED("gossip.let_claimants_wait")) return free;
  for (auto it = claims_.begin(); it != claims_.end();) {
    const membership::Member* holder = swim_.members().find(it->first);
    const bool is_other = holder != nullptr && holder->address != it->second.member.address;
    const bool is_free = is_other && holder->state == membership::State::Dead && now - holder->changed > reclaim;
    if (!is_free || !it->second.own_account) {
      ++it;
      continue;
    }
    free.push_back(std::move(it->second.member));
    it = claims_.erase(it);
  }
  return free;
}

std::vector<MemberInfo> AddressClaims::open() const {
  std::vector<MemberInfo> open;
  for (const auto& [name, claim] : claims_) {
    const membership::Member* member = swim_.members().find(name);
    if (member != nullptr && member->address != claim.member.address) open.push_back(claim.member);
  }
  return open;
}

}  // namespace syncer::gossip
