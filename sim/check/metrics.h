// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/check/effort.h"
#include "sim/check/ledger.h"
#include "sim/check/watch.h"
#include "sim/scenario/run/checks.h"

namespace sim::check {

/// Quantities of a run by name: "convergence.visible_after", "convergence.changed_after", "convergence.gone_after" (one
/// value per instance and foreign registry, ns), "net.bytes_sent", "net.messages_sent", "net.messages_lost",
/// "registry.writes" (by anybody), "registry.requests" (by syncers), "registry.copies" (at the end), "swim.false_dead",
/// "gossip.dropped", and "effort.DETOUR" for each of Effort::names() (one value each).
class Metrics {
 public:
  /// What measures beside the metrics themselves.
  struct Sources {
    const Ledger& ledger;
    const Watch& watch;
    const Effort& effort;
  };

  explicit Metrics(const scenario::Scenario& scenario);

  /// Names of all metrics there are.
  static std::vector<std::string_view> names();
  /// Whether the scenario asks for anything that needs every message to be looked at.
  bool wants_messages() const { return wants_messages_; }
  void on_message(const host::Message& message);
  void on_write() { ++writes_; }
  void on_request() { ++requests_; }

  /// Judges the scenario's bounds and adds the measured values.
  void finish(const scenario::CheckContext& run, const Sources& sources, Sink& sink,
              scenario::Findings& findings) const;

 private:
  std::vector<std::int64_t> values(std::string_view metric, const Sources& sources) const;

  bool wants_messages_ = false;
  std::uint64_t bytes_sent_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t requests_ = 0;
};

/// The value at or below which a share of the (sorted) values lies; nearest rank. 0 for none.
std::int64_t quantile(const std::vector<std::int64_t>& sorted, unsigned percent);

}  // namespace sim::check
