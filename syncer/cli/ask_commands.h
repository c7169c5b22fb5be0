// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/cli/arguments.h"
#include "syncer/cli/commands.h"

namespace syncer::cli {

// Each asks a running syncer, shows the answer, and gives the exit code.

int show_explanation(const Arguments& arguments, Console console);
int show_differences(const Arguments& arguments, Console console);
int show_copies(const Arguments& arguments, Console console);
int show_services(const Arguments& arguments, Console console);
int show_mappings(const Arguments& arguments, Console console);
int show_round_trips(const Arguments& arguments, Console console);
/// kUnhealthy when a member that counts as there does not answer.
int show_reachability(const Arguments& arguments, Console console);
/// Until it is interrupted.
int show_top(const Arguments& arguments, Console console);
int show_events(const Arguments& arguments, Console console);
/// The same, going on with what happens.
int monitor(const Arguments& arguments, Console console);

}  // namespace syncer::cli
