// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "syncer/gossip/types.h"
#include "syncer/membership/outputs.h"
#include "syncer/membership/swim.h"

namespace syncer::gossip {

/// Members that were said to be alive at another address than the one we hold: either they moved there, which is
/// believed only when the former address is dead for long enough, or their name is used twice. Keeps the latest claim
/// of each name of a member, so it is bounded by them. Borrows the core and its outputs.
class AddressClaims {
 public:
  AddressClaims(const membership::Swim& swim, membership::Outputs& out) : swim_(swim), out_(out) {}

  /// `own_account`: it came from the address that it names. Members that moved together would not learn of each other
  /// here, since we hold and pass on the former address of each: so those that came themselves are sent to each other.
  void note(const membership::Alive& account, bool own_account);
  /// The claims that are still open, each at the claimed address.
  std::vector<MemberInfo> open() const;

 private:
  void introduce(const MemberInfo& one, const MemberInfo& other);

  const membership::Swim& swim_;
  membership::Outputs& out_;
  std::map<std::string, std::pair<MemberInfo, bool>, std::less<>> claims_;  // true: its own account
};

}  // namespace syncer::gossip
