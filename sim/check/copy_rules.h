// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

// Rules about copies: what is copied, how often, with which marks, and that nothing else is touched.

/// apps-untouched: a syncer never changes or removes what an application registered.
std::unique_ptr<Rule> make_hands_off_rule();
/// copies-of-origins: a copy is never taken for an origin.
std::unique_ptr<Rule> make_copy_rule();
/// single-copy: one copy of an instance in each foreign registry; two that differ only while one replaces the other.
std::unique_ptr<Rule> make_single_copy_rule();
/// no-epoch-regression, in a registry: what is written of a region is never of an older epoch than what was written
/// before, also after restarts.
std::unique_ptr<Rule> make_mark_rule();
/// repeats-ignored: a datagram that comes twice changes nothing the second time. damage-dropped: a damaged one is
/// counted as dropped and changes nothing.
std::unique_ptr<Rule> make_delivery_rule();

/// Another copy of the same instance in the same registry with the same content; nullptr when there is none.
const Copy* equal_copy(const Ledger& ledger, const Copy& copy);

}  // namespace sim::check
