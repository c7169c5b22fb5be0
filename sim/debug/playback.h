// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/host/world.h"
#include "sim/report/trace.h"
#include "sim/scenario/run/names.h"
#include "sim/scenario/run/player.h"
#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"
#include "sim/why/recorder.h"

namespace sim::debug {

/// What one event of the world came to.
struct Moment {
  syncer::Instant at;
  std::string event;                       ///< "stream data for w1"; empty at the beginning and at the end
  std::vector<report::TraceLine> lines;    ///< what was seen meanwhile, packets too
  std::vector<host::NodeIndex> acted;      ///< whose process did something
  std::vector<host::RegistryIndex> wrote;  ///< registries that changed
  std::vector<std::string> labels;         ///< of the scenario, that came true
  std::size_t violations = 0;              ///< found so far
};

/// A run that goes one event at a time, and back by being played again from the beginning.
class Playback {
 public:
  /// The scenario is explicit (explore::materialize) and outlives this.
  Playback(const scenario::Scenario& scenario, std::uint64_t seed);
  ~Playback();

  /// The next event; false at the end of the run, whose findings are then final.
  bool step();
  /// Plays again up to the end of that event; the first is 1, and 0 is the beginning.
  void rewind(std::uint64_t event);

  const Moment& moment() const { return moment_; }
  /// Events so far.
  std::uint64_t event() const { return world().events(); }
  bool ended() const { return ended_; }
  const host::World& world() const { return player_->world(); }
  const scenario::Names& names() const { return names_; }
  /// All lines of the trace so far, without packets.
  const std::vector<report::TraceLine>& history() const { return history_; }
  /// Those found so far; at the end those that only the end shows, too.
  const std::vector<scenario::Violation>& violations() const;
  /// Of a run that ended.
  const scenario::RunResult& result() const { return result_; }

 private:
  class Observer;
  void start();
  /// A line of the present event; `keep` for the history, too.
  void take(report::TraceLine&& line, bool keep);
  void describe();

  const scenario::Scenario& scenario_;
  std::uint64_t seed_;
  scenario::Names names_;
  std::unique_ptr<Observer> observer_;
  std::unique_ptr<why::Recorder> recorder_;
  std::unique_ptr<scenario::Player> player_;
  Moment moment_;
  std::vector<report::TraceLine> history_;
  scenario::RunResult result_;
  bool ended_ = false;
};

}  // namespace sim::debug
