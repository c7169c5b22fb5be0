// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>
#include <variant>

#include "syncer/config/values.h"

namespace syncer::cli {

enum class Command {
  Daemon,
  Members,
  Status,
  GuardRelease,
  Keys,
  ClusterMembers,
  Cluster,
  ConfigShow,
  ConfigCheck,
  Version
};

/// A parsed command line.
struct Arguments {
  Command command = Command::Version;
  config::Values flags;     ///< of the daemon's keys
  std::string config_file;  ///< --config, or the file of `config check`
  bool json = false;        ///< --output json
  bool origin = false;      ///< config show --origin
  bool check = false;       ///< status --check
  std::string region;       ///< of `guard release`; "*" for all
  std::string verb;         ///< of `keys`: list, install, use or remove; of `cluster`: as it is told to the daemon
  std::string voter;        ///< of `cluster replace`
  std::string key;          ///< file of the key to install, or id of the key to use or remove
  std::string admin;        ///< address of the daemon to ask; empty: found by node or data directory
  std::string node;
  std::string data_dir;
};

/// The arguments, or the exit code of a command line that ends here: help (printed to `out`) or a mistake (to `err`).
std::variant<Arguments, int> parse_arguments(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace syncer::cli
