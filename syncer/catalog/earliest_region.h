// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "syncer/base/time.h"

namespace syncer::catalog {

struct RemoteCopies;

/// The deadline of the first of all regions, which is asked for far more often than one of them changes: only those
/// that may have changed meanwhile are looked at again, and all of them only when the first one was among those.
class EarliestRegion {
 public:
  /// One may be changed until the next get(); `due` is its deadline before.
  void touch(const RemoteCopies& remote, Instant due) {
    if (all_ || std::find(touched_.begin(), touched_.end(), &remote) != touched_.end()) return;
    const bool is_first = due == due_ && due != kNever;
    if (is_first || touched_.size() >= kMost) return touch_all();
    touched_.push_back(&remote);
  }
  /// Likewise any of them, and some may come or go.
  void touch_all() {
    all_ = true;
    touched_.clear();
  }

  /// `deadline` gives that of one.
  template <class Map, class Deadline>
  Instant get(const Map& all, Deadline deadline) {
    if (all_) {
      due_ = kNever;
      for (const auto& [region, remote] : all) due_ = std::min(due_, deadline(remote));
    }
    for (const RemoteCopies* remote : touched_) due_ = std::min(due_, deadline(*remote));
    all_ = false;
    touched_.clear();
    return due_;
  }

 private:
  static constexpr std::size_t kMost = 8;

  bool all_ = true;
  Instant due_ = kNever;  // of all but those that were touched
  std::vector<const RemoteCopies*> touched_;
};

}  // namespace syncer::catalog
