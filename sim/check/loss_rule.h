// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// no-loss-passed-on: no copy is removed whose application comes back within its own lease after its registry lost it.
/// Only the simulator knows which registry forgot and which application left.
std::unique_ptr<Rule> make_loss_rule();

}  // namespace sim::check
