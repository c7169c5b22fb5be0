// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/check/rule.h"

namespace sim::check {

/// records-by-identity: where certificates are required, what a node knows of a region changes only while a link is up
/// that a machine dialled which shows a good certificate of that region. Only the simulator knows whose machine it is.
std::unique_ptr<Rule> make_identity_rule();

}  // namespace sim::check
