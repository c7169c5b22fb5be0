// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// R1: an epoch has one writer. R2: versions only grow. R3: a replica equals the writer's prefix.
std::unique_ptr<Rule> make_replica_rule();
/// R15: a reader that is behind forgotten removals starts anew; it never goes on without them.
std::unique_ptr<Rule> make_collection_rule();

}  // namespace sim::check
