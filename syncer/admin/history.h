// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "syncer/node/inventory.h"
#include "syncer/node/status.h"

namespace syncer::admin {

/// A few figures of the last hour, for those who look now and did not then.
class History {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(30);

  /// When the next point is due.
  Instant next_deadline() const { return due_; }
  /// `wall` in seconds since 1970.
  void note(Instant now, std::int64_t wall, const node::Status& status);
  node::HistoryReport report() const;

 private:
  static constexpr std::size_t kMost = 120;
  Instant due_{};
  std::deque<node::HistoryPoint> points_;
};

}  // namespace syncer::admin
