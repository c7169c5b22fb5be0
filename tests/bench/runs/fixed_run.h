// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "sim/check/judge.h"
#include "syncer/base/time.h"

namespace bench {

/// A run that is the same each time: so many regions with so many syncers each, 50 ms and 1 % of loss between them, 100
/// instances of 10 services spread over all.
struct FixedRun {
  std::string_view name;
  int regions;
  int syncers;
  std::string_view churn;   ///< registrations, and as many removals; empty for none
  syncer::Duration warm;    ///< until the run is in its steady state; not measured
  syncer::Duration length;  ///< what is measured after that
};

/// All runs that figures are told of.
std::span<const FixedRun> fixed_runs();
/// Throws where there is none of that name.
const FixedRun& fixed_run(std::string_view name);

/// One such run in its steady state.
class SteadyRun {
 public:
  /// Plays the warm-up.
  SteadyRun(const FixedRun& run, std::uint64_t seed, sim::check::JudgeOptions judging);
  ~SteadyRun();

  struct Measured {
    std::uint64_t events;
    double simulated_seconds;
    std::uint64_t digest;
  };
  /// Plays the rest, once; throws when the judge finds something.
  Measured play();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bench
