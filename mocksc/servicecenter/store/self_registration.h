// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "mocksc/servicecenter/store/registry.h"
#include "syncer/base/time.h"

namespace mocksc {

/// A service center registers itself: a service of tenant default/default, and an instance for each front-end.
void register_self(Registry& registry, syncer::Instant now);
/// A front-end that is down renews its own lease no longer; one that is back registers anew if it has ended.
void set_frontend_up(Registry& registry, std::size_t frontend, bool is_up, syncer::Instant now);

}  // namespace mocksc
