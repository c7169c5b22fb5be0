// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "syncer/base/time.h"

namespace sim::explore {

/// Counts what is broken at the same time. Faults are taken in the order of their beginning.
class Budget {
 public:
  /// Books one more of `what` during [from, until); false when `most` are broken already at `from`.
  bool take(const std::string& what, std::uint64_t most, syncer::Duration from, syncer::Duration until) {
    std::vector<syncer::Duration>& ends = ends_[what];
    std::uint64_t broken = 0;
    for (const syncer::Duration end : ends) broken += end > from ? 1 : 0;
    if (broken >= most) return false;
    ends.push_back(until);
    return true;
  }

 private:
  std::map<std::string, std::vector<syncer::Duration>> ends_;
};

}  // namespace sim::explore
