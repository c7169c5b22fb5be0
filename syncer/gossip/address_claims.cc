// SPDX-License-Identifier: Apache-2.0
#include "syncer/gossip/address_claims.h"

#include "syncer/base/mutation.h"
#include "syncer/wire/gossip/serf.h"

namespace syncer::gossip {

void AddressClaims::note(const membership::Alive& account, bool own_account) {
  const membership::Member* known = swim_.members().find(account.node);
  if (known == nullptr || known->name == swim_.self_name() || known->address == account.address) return;
  const MemberInfo claim{
      known->name,         account.address,     membership::State::Alive,
      account.incarnation, Bytes(account.meta), wire::gossip::decode_tags(account.meta).value_or(wire::gossip::Tags{})};
  claims_[known->name] = {claim, own_account};
  if (!own_account || SYNCER_MUTATED("gossip.introduce_no_claimants")) return;
  for (const auto& [name, other] : claims_) {
    if (name == claim.name || !other.second) continue;
    introduce(claim, other.first);
    introduce(other.first, claim);
  }
}

/// Sends the first to the second.
void AddressClaims::introduce(const MemberInfo& one, const MemberInfo& other) {
  const membership::Member* member = swim_.members().find(one.name);
  if (member == nullptr || member->address == one.address) return;
  const ByteView versions(reinterpret_cast<const char*>(member->versions.data()), member->versions.size());
  swim_.send(other.address, {membership::Alive{one.incarnation, one.name, one.address, one.tags_raw, versions}}, out_);
}

std::vector<MemberInfo> AddressClaims::open() const {
  std::vector<MemberInfo> open;
  for (const auto& [name, claim] : claims_) {
    const membership::Member* member = swim_.members().find(name);
    if (member != nullptr && member->address != claim.first.address) open.push_back(claim.first);
  }
  return open;
}

}  // namespace syncer::gossip
