// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "syncer/node/node_config.h"
#include "syncer/settings/settings.h"

namespace syncer::node {

using Setting = settings::Setting<NodeConfig>;

/// All keys, sorted: the rows of the parts and a node's own.
const settings::Settings<NodeConfig>& settings();

/// Applies one key; the error names the nearest known key or what the value should look like.
Result<void> apply_setting(NodeConfig& config, std::string_view key, std::string_view value);

/// Checks what single keys cannot: combinations that make no sense.
Result<void> validate(const NodeConfig& config);

}  // namespace syncer::node
