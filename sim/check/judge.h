// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/checks.h"

namespace sim::check {

/// Which checks a run is judged by.
struct JudgeOptions {
  bool invariants = true;    ///< the always-on ones
  bool expectations = true;  ///< the scenario's own
};

/// Judges one run of one scenario: invariants, expectations and metrics. Make a new one for each run.
std::unique_ptr<scenario::Checks> make_judge(const scenario::Scenario& scenario, JudgeOptions options = {});

/// The metrics and invariants that a scenario may name.
scenario::Vocabulary vocabulary();

}  // namespace sim::check
