// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "syncer/base/ids.h"
#include "syncer/base/time.h"

namespace syncer::peering {

/// When the last entries of the own log came into it. Bounded; a new epoch begins anew.
class AppendTimes {
 public:
  /// Numbers grow, and some are left out: those of entries that only a view of the log has.
  void note(Instant now, Epoch epoch, std::uint64_t seq) {
    if (epoch != epoch_) times_.clear();
    epoch_ = epoch;
    times_.emplace_back(seq, now);
    if (times_.size() > kMost) times_.pop_front();
  }
  /// Age of an entry, or of the next one after it; nothing when that is not remembered.
  std::optional<Duration> age(Instant now, Epoch epoch, std::uint64_t seq) const {
    if (epoch != epoch_ || times_.empty() || seq < times_.front().first) return std::nullopt;
    const auto next = std::lower_bound(times_.begin(), times_.end(), seq,
                                       [](const auto& time, std::uint64_t wanted) { return time.first < wanted; });
    return next == times_.end() ? std::nullopt : std::optional(now - next->second);
  }
  /// The oldest one that is remembered, for those that are older.
  std::optional<Duration> oldest(Instant now) const {
    return times_.empty() ? std::nullopt : std::optional(now - times_.front().second);
  }

 private:
  static constexpr std::size_t kMost = 4096;
  Epoch epoch_;
  std::deque<std::pair<std::uint64_t, Instant>> times_;
};

}  // namespace syncer::peering
