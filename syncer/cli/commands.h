// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "syncer/cli/arguments.h"

namespace syncer::cli {

/// Where a command writes.
struct Console {
  std::ostream& out;
  std::ostream& err;
};

// Each runs one command and gives the exit code.
int run_daemon(const Arguments& arguments, Console console);
int show_members(const Arguments& arguments, Console console);
int show_status(const Arguments& arguments, Console console);
int release_guard(const Arguments& arguments, Console console);
int change_keys(const Arguments& arguments, Console console);
int show_cluster(const Arguments& arguments, Console console);
int tell_cluster(const Arguments& arguments, Console console);
int show_config(const Arguments& arguments, Console console);
int check_config(const Arguments& arguments, Console console);
int show_version(const Arguments& arguments, Console console);

}  // namespace syncer::cli
