// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/node/status.h"

namespace syncer::admin {

/// The documented JSON of GET /v1/status; durations in seconds.
std::string status_json(const node::Status& status);
/// The documented JSON of GET /v1/members: {"members": […]}.
std::string members_json(const node::Status& status);
/// The documented JSON of GET /v1/cluster; the group is null in single mode.
std::string cluster_json(const node::Status& status);

}  // namespace syncer::admin
