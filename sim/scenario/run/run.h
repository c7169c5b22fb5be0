// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "sim/engine/coverage.h"
#include "sim/engine/digest.h"
#include "sim/host/outside.h"
#include "sim/host/probe.h"
#include "sim/scenario/run/checks.h"
#include "sim/scenario/values/result.h"
#include "sim/scenario/values/scenario.h"

namespace sim::scenario {

/// How to run; none of it changes what happens, only how far it goes.
struct RunOptions {
  host::Probe* probe = nullptr;          ///< one more watcher: a trace, a picture
  host::Outside* outside = nullptr;      ///< real time, and processes that are real; see sim/real
  engine::Digest* record = nullptr;      ///< receives the digest with its checkpoints
  engine::Window capture;                ///< events that `record` keeps whole
  engine::Coverage* coverage = nullptr;  ///< counts the points that the run reaches
  std::uint64_t max_events = 0;          ///< give up (undecided) after so many; 0 for no limit
  bool stop_when_decided = false;        ///< end as soon as nothing can change the verdict; the digest is shorter then
};

/// Plays a scenario once; its chaos is already replaced by explicit events (explore::materialize). Everything that
/// happens follows from the scenario and the seed.
RunResult run(const Scenario& scenario, std::uint64_t seed, Checks& checks, const RunOptions& options = {});

}  // namespace sim::scenario
