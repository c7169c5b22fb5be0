// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "sim/scenario/values/result.h"
#include "syncer/base/result.h"

namespace sim::report {

/// A run's result as one line of JSON: what a worker process tells its parent, and what `--json` prints of a seed.
std::string to_line(const scenario::RunResult& result);
/// The way back.
syncer::Result<scenario::RunResult> from_line(const std::string& line);

}  // namespace sim::report
