// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// cap-is-kept: of what a syncer gives to its links with another region, no second holds more than the cap that it has
/// for that region and one record, or one answer to who repairs a set.
std::unique_ptr<Rule> make_cap_rule();

}  // namespace sim::check
