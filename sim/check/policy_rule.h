// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// policies-kept: no syncer registers a copy that a policy keeps away, at any instant. What another region
/// gave when its policy came stays until it is its turn, and may be registered again until then.
std::unique_ptr<Rule> make_policy_rule();

}  // namespace sim::check
