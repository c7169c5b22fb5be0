// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "sim/check/rule.h"

namespace sim::check {

// Rules about a deployment as a whole: bounded while it runs, at rest and equal after all faults.

/// crash-safety: a syncer that dies at one of its calls doubles nothing and leaves nothing behind.
std::unique_ptr<Rule> make_crash_rule();
/// bounded-queues: queues stay within the number of records there are.
std::unique_ptr<Rule> make_bound_rule();
/// nodes-at-rest, no-orphans, regions-equal: after the settle phase nothing is open, nothing is orphaned, all regions
/// are equal.
std::unique_ptr<Rule> make_rest_rule();

/// The sites that must have come to rest; nothing when the run has no settle phase or did not get through it.
std::optional<scenario::Sites> settled_core(const scenario::CheckContext& run);

}  // namespace sim::check
