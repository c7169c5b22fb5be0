// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "syncer/base/random.h"
#include "syncer/base/time.h"
#include "syncer/gossip/types.h"

namespace syncer::gossip {

/// Members that failed, long after the core forgot them: asked again from time to time, so that two halves of a pool
/// find each other again.
class FailedMembers {
 public:
  FailedMembers(Duration interval, Duration timeout, Random random, Instant now)
      : interval_(interval), timeout_(timeout), random_(random), tick_(now + interval) {}

  /// Most members that are kept; whoever speaks in the pool can name as many as he likes.
  static constexpr std::size_t kMost = 1024;

  /// Over the limit, the one that failed first is forgotten.
  void add(Instant now, MemberInfo member);
  void remove(const std::string& name) { members_.erase(name); }
  /// Address of one failed member, when it is time to ask one.
  std::optional<Endpoint> take_due(Instant now);
  Instant next_deadline() const { return members_.empty() ? kNever : tick_; }
  std::size_t size() const { return members_.size(); }
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [name, failed] : members_) visit(failed.member);
  }

 private:
  struct Failed {
    MemberInfo member;
    Instant since;
  };
  Duration interval_;
  Duration timeout_;
  Random random_;
  Instant tick_;
  std::map<std::string, Failed> members_;
};

}  // namespace syncer::gossip
