// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "syncer/config/daemon_config.h"

namespace syncer::daemon {

/// What differs in a configuration that was read again.
struct Changes {
  std::optional<Severity> log_level;
  std::vector<std::string> applied;       ///< keys that a running syncer takes over
  std::vector<std::string> need_restart;  ///< keys that it does not
  bool operator==(const Changes&) const = default;
};

Changes changes_between(const config::DaemonConfig& now, const config::DaemonConfig& fresh);
/// One sentence for people.
std::string describe(const Changes& changes);

}  // namespace syncer::daemon
