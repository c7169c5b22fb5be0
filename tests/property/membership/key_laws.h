// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/base/random.h"

namespace syncer::gossip {

// Laws of the keys that an agent of serf may change. Each gives "" when it holds, else what broke it.

/// However often and in whatever order queries come, each is answered once.
std::string key_query_is_answered_once(Random& random);
/// Whatever keys are installed, used and removed: what is in force is what was kept, and the key in use stays.
std::string keys_that_serf_changes_are_kept(Random& random);

}  // namespace syncer::gossip
