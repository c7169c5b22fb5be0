// SPDX-License-Identifier: Apache-2.0
#include "syncer/cli/run.h"

#include "syncer/cli/exit_code.h"

namespace syncer::cli {

int run(int argc, const char* const* argv, Console console) {
  const auto parsed = parse_arguments(argc, argv, console.out, console.err);
  if (const int* exit_code = std::get_if<int>(&parsed)) return *exit_code;
  const auto& arguments = std::get<Arguments>(parsed);
  switch (arguments.command) {
    case Command::Daemon:
      return run_daemon(arguments, console);
    case Command::Members:
      return show_members(arguments, console);
    case Command::Status:
      return show_status(arguments, console);
    case Command::GuardRelease:
      return release_guard(arguments, console);
    case Command::Keys:
      return change_keys(arguments, console);
    case Command::ClusterMembers:
      return show_cluster(arguments, console);
    case Command::Cluster:
      return tell_cluster(arguments, console);
    case Command::ConfigShow:
      return show_config(arguments, console);
    case Command::ConfigCheck:
      return check_config(arguments, console);
    case Command::Version:
      return show_version(arguments, console);
  }
  return kInternalError;
}

}  // namespace syncer::cli
