// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/admin/metrics.h"
#include "syncer/daemon/event_log.h"

namespace syncer::daemon {

/// Hands each event of the node to the log and counts it for the metrics.
class Watch : public Observer {
 public:
  explicit Watch(EventLog& log) : log_(log) {}
  bool wants(Severity severity) const override { return severity >= Severity::Info || log_.wants(severity); }
  void on_event(const Event& event) override {
    ++counts_[static_cast<std::size_t>(event.kind)];
    log_.on_event(event);
  }
  const admin::EventCounts& counts() const { return counts_; }

 private:
  EventLog& log_;
  admin::EventCounts counts_{};
};

}  // namespace syncer::daemon
