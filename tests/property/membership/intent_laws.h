// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/random.h"

namespace syncer::gossip {

/// Whenever an agent of serf says that a running member leaves, the member says later in Lamport time that it stays.
/// "" when it holds, else what broke it.
std::string unwanted_leave_is_taken_back(Random& random);

}  // namespace syncer::gossip
