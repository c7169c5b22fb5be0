// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/config/daemon_config.h"

namespace syncer::config {

/// What there is to say about a configuration file before anything runs with it.
struct Findings {
  std::vector<Error> errors;          ///< with these no syncer starts; each with its place
  std::vector<std::string> warnings;  ///< legal, and not what one wants
};

/// All of it at once. The environment is asked for places of state alone: flags and variables belong to a run.
Findings check_text(std::string_view text, const std::string& file_name, const Environment& environment);

/// What is legal and foolish in a configuration, with the keys that it comes from.
std::vector<std::string> advice(const DaemonConfig& config);

}  // namespace syncer::config
