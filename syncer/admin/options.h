// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "syncer/base/endpoint.h"

namespace syncer::admin {

/// Where operators and their machines find a syncer.
struct AdminOptions {
  std::string socket;                 ///< path of the unix socket for commands
  std::string group;                  ///< name or number of its group; empty for that of the process
  std::optional<Endpoint> commands;   ///< for commands over TCP, with a token
  std::string token_file;             ///< of that token; mode 0600
  std::optional<Endpoint> read_only;  ///< for metrics and probes, for everybody
};

}  // namespace syncer::admin
