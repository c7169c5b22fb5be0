// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncer::policy {

/// Patterns of texts: "*" stands for any characters, also none, "?" for one; all others for themselves. Upper and lower
/// case differ.
using Globs = std::vector<std::string>;

bool matches(std::string_view glob, std::string_view text);
/// One of them matches; an empty list matches nothing.
bool matches_any(const Globs& globs, std::string_view text);
/// It stands for one text alone.
bool is_literal(std::string_view glob);

}  // namespace syncer::policy
