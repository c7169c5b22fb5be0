// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "syncer/membership/message.h"

namespace syncer::membership {

/// What one observer believes about one member: the SWIM order as apple/swift-cluster-membership writes it down. An
/// oracle for tests; the core decides message by message.
struct Status {
  State state = State::Alive;
  std::uint64_t incarnation = 0;
  std::set<std::string> suspected_by;
};

/// `b` replaces `a`.
inline bool precedes(const Status& a, const Status& b) {
  if (is_gone(a.state)) return false;
  if (is_gone(b.state)) return true;
  if (a.incarnation != b.incarnation) return a.incarnation < b.incarnation;
  if (a.state != b.state) return a.state == State::Alive;
  if (a.state == State::Alive) return false;
  const bool subset =
      std::includes(b.suspected_by.begin(), b.suspected_by.end(), a.suspected_by.begin(), a.suspected_by.end());
  return subset && a.suspected_by.size() < b.suspected_by.size();
}

/// The layers above are notified.
inline bool is_effective(const Status* previous, const Status& next) {
  return previous == nullptr || is_gone(previous->state) != is_gone(next.state);
}

}  // namespace syncer::membership
