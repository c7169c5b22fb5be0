// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "syncer/base/ids.h"
#include "syncer/base/time.h"

namespace syncer::peering {

/// When the last entries of the own log came into it. Bounded; a new epoch begins anew.
class AppendTimes {
 public:
  void note(Instant now, Epoch epoch, std::uint64_t seq) {
    if (epoch != epoch_) times_.clear();
    epoch_ = epoch;
    if (times_.empty()) first_ = seq;
    times_.push_back(now);
    if (times_.size() <= kMost) return;
    times_.pop_front();
    ++first_;
  }
  /// Age of an entry; nothing when it is not remembered.
  std::optional<Duration> age(Instant now, Epoch epoch, std::uint64_t seq) const {
    if (epoch != epoch_ || seq < first_ || seq - first_ >= times_.size()) return std::nullopt;
    return now - times_[static_cast<std::size_t>(seq - first_)];
  }
  /// The oldest one that is remembered, for those that are older.
  std::optional<Duration> oldest(Instant now) const {
    return times_.empty() ? std::nullopt : std::optional(now - times_.front());
  }

 private:
  static constexpr std::size_t kMost = 4096;
  Epoch epoch_;
  std::uint64_t first_ = 0;  ///< of times_; each entry follows the one before
  std::deque<Instant> times_;
};

}  // namespace syncer::peering
