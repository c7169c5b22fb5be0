// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "syncer/base/result.h"
#include "syncer/node/node_config.h"

namespace syncer::node {

/// One configuration key, the same in the daemon's file, its flags and a scenario's "config".
struct Setting {
  std::string_view key;    ///< dotted, e.g. "gossip.fanout"
  std::string_view form;   ///< what a value looks like: "duration", "number", "list", …
  std::string_view about;  ///< one sentence
  Result<void> (*apply)(NodeConfig&, std::string_view value);
  std::string (*show)(const NodeConfig&);
};

/// All keys, sorted.
std::span<const Setting> settings();

/// Applies one key; the error names the nearest known key or what the value should look like.
Result<void> apply_setting(NodeConfig& config, std::string_view key, std::string_view value);

/// Checks what single keys cannot: combinations that make no sense.
Result<void> validate(const NodeConfig& config);

}  // namespace syncer::node
