// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/calm.h"

namespace sim::check {

/// resources-return: what a node takes, it gives back. At any time no stream and no call is open that no part knows,
/// and what is counted apart from where it is kept is counted right; what is kept for instances is bounded by those
/// that live or went lately; and in a stretch without faults and changes nothing is kept for what was under way before.
/// Borrows `calm`, which is told everything before.
std::unique_ptr<Rule> make_resource_rule(const Calm& calm);

}  // namespace sim::check
