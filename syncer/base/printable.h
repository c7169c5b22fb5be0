// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace syncer {

/// One line that any terminal only shows: every byte that is no printable ASCII becomes "?".
std::string printable(std::string_view text);

}  // namespace syncer
