// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/admin/history.h"
#include "syncer/admin/site.h"
#include "syncer/config/daemon_config.h"
#include "syncer/daemon/inquiries.h"
#include "syncer/net/loop.h"

namespace syncer::daemon {

/// What the documents about single instances come from; borrowed by the api.
struct Sources {
  net::Loop& loop;
  node::Node& node;
  Inquiries& inquiries;
  admin::History& history;
  const config::DaemonConfig& config;
};

/// Adds the documents about single instances, the history and the configuration.
void add_inventory(admin::AdminApi& api, Sources from);

}  // namespace syncer::daemon
