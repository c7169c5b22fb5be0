// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/config/keys.h"

namespace syncer::config {

/// Keys that are told together.
struct KeyGroup {
  std::string_view title;
  std::vector<const Key*> keys;
};

/// Every key in one group, those that everybody needs first.
const std::vector<KeyGroup>& key_groups();

/// A short word for what a value looks like: "TIME" for "a duration such as …", "auto|text|json" for a list of words.
std::string placeholder(std::string_view form);

}  // namespace syncer::config
