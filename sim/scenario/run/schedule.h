// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/scenario/run/run_context.h"
#include "sim/scenario/run/workload_player.h"

namespace sim::scenario {

/// Lets everything of a scenario happen at its time: events, workloads, "settle". What hangs on a label whose time is
/// known is in the world's queue from the beginning; the rest follows when the label comes true.
class Schedule {
 public:
  Schedule(RunContext& run, std::uint64_t seed);
  /// Puts everything into the world's queue. Once, before the run.
  void arm();

  /// Whether some event still waits for its `when`; then look() is due after each event of the world.
  bool watching() const { return !watched_.empty(); }
  /// Fires what waits for a predicate that is true now.
  void look();
  /// Events whose `when` did not come true in time.
  const std::vector<const Event*>& missed() const { return missed_; }

 private:
  struct Watched {
    const Event* event;
    syncer::Instant since;
    syncer::Instant until;
  };

  void arm_labels();
  void arm_event(const Event& event);
  void arm_workload(const Workload& workload);
  void arm_settle();
  void repeat(const Event& event, syncer::Instant nominal, std::uint64_t ordinal);
  void watch(const Event& event, syncer::Instant since);
  void fire(const Event& event, std::uint64_t ordinal);
  void reach(const std::string& label, const Event* event);
  /// Runs an action at a moment: now known, or when its label comes true.
  void at(const Moment& moment, std::function<void(syncer::Instant)> action);
  void settle();
  std::vector<const Event*> ordered_events() const;

  struct Waiting {
    Moment moment;
    std::function<void(syncer::Instant)> action;
  };

  RunContext& run_;
  syncer::Random random_;
  std::vector<std::unique_ptr<WorkloadPlayer>> players_;
  std::vector<Watched> watched_;
  std::vector<Waiting> waiting_;
  std::vector<const Event*> missed_;
};

}  // namespace sim::scenario
