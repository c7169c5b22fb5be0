// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "syncer/config/daemon_config.h"

namespace syncer::daemon {

/// What `syncer version` knows, for the log and the metrics.
struct Build {
  std::string version;
  std::string commit;
};

/// Name of the file in the data directory that holds the operator endpoint's address. Upper case: no key of the
/// storage.
inline constexpr const char* kAdminFile = "ADMIN";

/// Reads the configuration again, from where it came at the start.
using LoadConfig = std::function<Result<config::DaemonConfig>()>;

/// Runs one syncer until a signal or a fatal error. The exit code: 0 after an orderly end, 1 when it could not start or
/// go on; a second signal ends the process at once with 128 + its number.
int run(config::DaemonConfig config, const Build& build, LoadConfig load);

}  // namespace syncer::daemon
