// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/time.h"
#include "syncer/gossip/types.h"
#include "syncer/membership/member_table.h"
#include "syncer/membership/outputs.h"
#include "syncer/ports/observer.h"

namespace syncer::gossip {

/// Tells of a change of a member as an event of its kind, with both addresses when two have one name.
void observe_change(Observer& observer, Instant now, const membership::Change& change);

/// A member as the layers above see it.
MemberInfo info_of(const membership::Member& member);
/// One that changed, with its newest round trip.
MemberInfo info_of(const membership::Change& change, Duration rtt);

}  // namespace syncer::gossip
