// SPDX-License-Identifier: Apache-2.0
#include "syncer/admin/history.h"

#include <algorithm>

#include "syncer/node/facts.h"

namespace syncer::admin {

void History::note(Instant now, std::int64_t wall, const node::Status& status) {
  due_ = now + kInterval;
  node::HistoryPoint point;
  point.time = wall;
  point.exported = status.registry.exported;
  point.copies = status.registry.copies;
  point.pending = status.registry.pending;
  point.held = status.registry.guard.held;
  for (const node::RegionStatus& region : status.regions) {
    point.held += region.imports.guard.held;
    point.regions_up += region.link.link_up ? 1 : 0;
  }
  point.problems = node::problems_of(status).size();
  points_.push_back(point);
  if (points_.size() > kMost) points_.pop_front();
}

node::HistoryReport History::report() const {
  node::HistoryReport report;
  report.interval = kInterval;
  report.points.assign(points_.begin(), points_.end());
  return report;
}

}  // namespace syncer::admin
