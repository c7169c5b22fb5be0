// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "syncer/base/endpoint.h"
#include "syncer/base/time.h"

namespace syncer::peering {

/// How the exchange with one region goes, beyond whether its links are up: what became of the last dial, whether the
/// region still takes what it is given, and whether we come to hold all of it.
class Exchange {
 public:
  /// Longer than a whole set takes to get across; what goes on for longer stands still.
  static constexpr Duration kPatience = std::chrono::seconds(30);

  /// The link that we dialled is up.
  void opened(Instant now);
  /// It is gone, or never came up.
  void lost(const Endpoint& address, std::string_view reason);
  /// To be called from time to time. `acknowledged`: the latest of our entries that the region has; `open`: how many
  /// it lacks. `complete`: we hold its whole set, or do not hear it at all. True when it stalls from now on.
  bool look(Instant now, std::uint64_t acknowledged, std::uint64_t open, bool complete);

  /// Why the last link is gone; empty while there is one.
  const std::string& dial_problem() const { return dial_problem_; }
  /// As of the last look.
  bool is_stalled() const { return stalled_; }
  bool is_incomplete() const { return incomplete_; }

 private:
  std::string dial_problem_;
  std::uint64_t acknowledged_ = 0;
  Instant progress_at_ = Instant::max();  ///< when it last had all, or more than before
  Instant complete_at_ = Instant::max();
  bool stalled_ = false;
  bool incomplete_ = false;
};

}  // namespace syncer::peering
