// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mocksc {

/// Negative, zero or positive like strcmp; "1.0" equals "1.0.0".
int compare_versions(std::string_view a, std::string_view b);
/// Whether a version fits "1.0.0", "1.0.0+" or "1.0.0-2.0.0" (upper end excluded). "latest" fits every version: the
/// caller keeps the greatest.
bool fits_rule(std::string_view version, std::string_view rule);

}  // namespace mocksc
