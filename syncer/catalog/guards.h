// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/catalog/config.h"
#include "syncer/ports/observer.h"
#include "syncer/replication/removal_guard.h"

namespace syncer::catalog {

using replication::GuardMark;
using replication::GuardSide;

/// The guard's options as configured.
replication::GuardOptions guard_options(const GuardSettings& settings);
/// What ended the last freeze, for people.
std::string_view release_reason(const replication::RemovalGuard& guard);
/// "sender" or "receiver", as events name it.
std::string_view name(GuardSide side);
/// The guard as the next leader would have to know it.
GuardMark mark_of(GuardSide side, const std::string& region, const replication::RemovalGuard& guard);
/// Goes on where the leader before us stopped: frozen as it was, released as an operator said.
void take_over(Instant now, const GuardMark& mark, replication::RemovalGuard& guard, Observer& observer);

}  // namespace syncer::catalog
