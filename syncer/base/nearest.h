// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace syncer {

/// The known word that is closest to a mistyped one (Damerau-Levenshtein, at most a third of its letters wrong, or one
/// contains the other); empty when none is close. Ties go to the earlier one.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

/// ", did you mean \"WORD\"?" for the end of an error message; empty when nothing is close.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

}  // namespace syncer
