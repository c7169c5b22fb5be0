// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/outputs.h"
#include "syncer/membership/swim.h"

namespace syncer::gossip {

/// Does another process have our name? The younger of the two gives way: only who has just begun asks, and only when a
/// seed of its own lists another holder of the name as it comes into the pool. Whatever else is said of our name, by
/// whomever, is an alarm and no more. Only an answer counts, since the address may be that of our own former life which
/// no member has missed yet.
class NameCheck {
 public:
  explicit NameCheck(Instant started) : started_(started) {}

  /// The process begins to count as a newcomer, unless it returns: it had the name before, and gives way to nobody.
  void start(Instant now, bool returns = false) {
    started_ = now;
    returns_ = returns;
  }
  /// A seed lists our name at another address. True when that one is to be asked now: we are a newcomer and did not
  /// just ask.
  bool begin(Instant now);
  /// This process is so young that what a seed lists was there before it.
  bool is_newcomer(Instant now) const;
  /// A member that joins through us sees us in our answer and gives way if it has our name; if we asked meanwhile, both
  /// would.
  void let_joiner_check_first(Instant now);
  /// A process at `other` answered to our name.
  void answered(const std::string& node, const Endpoint& other);
  /// Not empty once another process answered: the message for the operator.
  const std::string& conflict() const { return conflict_; }

 private:
  Instant started_;
  bool returns_ = false;
  Instant next_{};
  std::string conflict_;
};

/// Members that were said to be alive at another address than the one we hold: either they moved there, which is
/// believed only when the former address is dead for long enough, or their name is used twice. Keeps the latest claim
/// of each name until it is granted, and no more of them than there are members. Borrows the core and its outputs.
class AddressClaims {
 public:
  AddressClaims(const membership::Swim& swim, membership::Outputs& out) : swim_(swim), out_(out) {}

  /// Most of those who came before that one who comes is sent to, the latest of them: they know the others.
  static constexpr std::size_t kMostIntroduced = 8;
  /// Most pairs that are sent to each other in one second, whoever claims what.
  static constexpr std::size_t kPairsPerSecond = 64;

  /// `own_account`: it came from the address that it names. Members that moved together would not learn of each other
  /// here, since we hold and pass on the former address of each: so those that came themselves are sent to each other.
  /// That is two packets a pair, to addresses that nobody vouches for: hence the bounds.
  void note(Instant now, const membership::Alive& account, bool own_account);
  /// The claims that are still open, each at the claimed address.
  std::vector<MemberInfo> open() const;
  /// Those who came themselves and whose name is free by now: its holder is dead for longer than `reclaim`. Once each,
  /// to be asked: who claimed a name may be gone as well.
  std::vector<MemberInfo> take_free(Instant now, Duration reclaim);
  /// How many are kept, open or not.
  std::size_t size() const { return claims_.size(); }

 private:
  struct Claim {
    MemberInfo member;  ///< at the claimed address
    bool own_account;   ///< it came from there
  };
  void settle(const membership::Member& holder);
  void forget_strangers();
  void introduce_to_latest(Instant now, const MemberInfo& claim);
  bool may_introduce(Instant now);
  /// Sends the first to the second.
  void introduce(const MemberInfo& one, const MemberInfo& other);

  const membership::Swim& swim_;
  membership::Outputs& out_;
  std::map<std::string, Claim, std::less<>> claims_;
  std::deque<std::string> latest_;  ///< names of those who came themselves, the latest in front; some may be settled
  Instant second_began_{};
  std::size_t pairs_ = 0;  ///< sent to each other since then
};

}  // namespace syncer::gossip
