// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

/// Judges the traces of syncers that ran anywhere: 0 when no invariant was broken, 1 when one was, 2 when they cannot
/// be read.
int judge_traces(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
