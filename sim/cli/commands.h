// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "sim/cli/arguments.h"

namespace sim::cli {

// One function a command; each gives back the exit code. Results go to `out`, problems to `err`.

int run_scenarios(const Arguments& arguments, std::ostream& out, std::ostream& err);
int why_file(const Arguments& arguments, std::ostream& out, std::ostream& err);
int check_files(const Arguments& arguments, std::ostream& out, std::ostream& err);
int explain_file(const Arguments& arguments, std::ostream& out, std::ostream& err);
int materialize_file(const Arguments& arguments, std::ostream& out, std::ostream& err);

}  // namespace sim::cli
