// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// ways-are-short: a region is read over three links at most, and what is passed are relays, each once.
/// no-invented-life: a region that is read by way of others counts as connected only while a syncer of it runs.
std::unique_ptr<Rule> make_relay_rule();

}  // namespace sim::check
