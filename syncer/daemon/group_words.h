// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "syncer/node/node.h"

namespace syncer::daemon {

/// An operator's word to the region's group: "replace" with the name of a voter, "raise-generation",
/// "forget-proposal". The text of the answer.
Result<std::string> tell_group(node::Node& node, Instant now, const std::string& verb, const std::string& argument);

}  // namespace syncer::daemon
