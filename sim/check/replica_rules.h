// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// one-writer-per-epoch; versions-grow: a replica never goes back; replica-equals-writer: it holds the writer's prefix.
std::unique_ptr<Rule> make_replica_rule();
/// no-forgotten-removal: a reader that is behind forgotten removals starts anew; it never goes on without them.
std::unique_ptr<Rule> make_collection_rule();

}  // namespace sim::check
