// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

/// Reads commands from the file of the arguments or from `in`, and answers on `out`; prompts when `in` is a terminal. 0
/// at the end; 2 when a command of a file or pipe is not understood, whose place goes to `err`.
int debug_file(const Arguments& arguments, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
