// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mocksc {

/// The word with the smallest edit distance to `text`; the first of equals.
std::string_view nearest_word(std::string_view text, const std::vector<std::string_view>& words);
/// "unknown fault \"outge\"; did you mean \"outage\"?"
std::string unknown_word(std::string_view what, std::string_view text, const std::vector<std::string_view>& words);

}  // namespace mocksc
