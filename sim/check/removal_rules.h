// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

// Rules about what is removed, what comes back, and what a deposed leader does late.

/// no-resurrection: what a node knows to be removed is not registered by it again.
std::unique_ptr<Rule> make_resurrection_rule();
/// no-false-removal: a copy is not removed while its origin lives.
std::unique_ptr<Rule> make_removal_rule();
/// no-epoch-regression, in a replica: it never goes back to an earlier epoch. late-writes-undone: what a deposed leader
/// writes late is undone within 5 s.
std::unique_ptr<Rule> make_fencing_rule();

}  // namespace sim::check
