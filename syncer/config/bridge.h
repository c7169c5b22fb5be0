// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "syncer/base/result.h"
#include "syncer/config/keys.h"

namespace syncer::config {

/// The values of a bridge's far side: a syncer of a region of its own, whose registry is the one that `bridge` names.
/// `values` are those of the near side with its name and region derived. What the far side has of its own is written
/// with `bridge.` in front; everything else holds for both sides. Invalid, with the place, where the two cannot stand
/// beside each other.
Result<Values> bridge_values(const Values& values);

}  // namespace syncer::config
