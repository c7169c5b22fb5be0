// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "syncer/admin/measures.h"
#include "syncer/node/status.h"
#include "syncer/ports/observer.h"

namespace syncer::admin {

/// Number of kinds of events.
inline constexpr std::size_t kEventKinds = std::size_t{0}
#define SYNCER_COUNT_KIND(kind, text) +1
SYNCER_EVENT_KINDS(SYNCER_COUNT_KIND)
#undef SYNCER_COUNT_KIND
    ;

/// How often each kind of event happened.
using EventCounts = std::array<std::uint64_t, kEventKinds>;

/// What a scrape needs besides the node's status.
struct MetricsContext {
  std::string version;
  std::string commit;
  Duration uptime{};
  const Measures* measures = nullptr;  ///< of the only syncer, where there is one; borrowed
  std::optional<ProcessFigures> process = {};
  std::uint64_t dropped_event_readers = 0;
};

/// What is measured of one syncer of the process.
struct SideMetrics {
  std::string side;  ///< label of its samples, where a bridge has two sides; empty: no label
  node::Status status;
  EventCounts events;
  const Measures* measures = nullptr;  ///< borrowed; none: what it would say is left out
};

/// The Prometheus text format, version 0.0.4.
std::string metrics_text(const std::vector<SideMetrics>& sides, const MetricsContext& context);
inline std::string metrics_text(const node::Status& status, const EventCounts& events, const MetricsContext& context) {
  return metrics_text({{"", status, events, context.measures}}, context);
}

}  // namespace syncer::admin
