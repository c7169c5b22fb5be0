// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace syncer::cli {

/// Command lines worth copying for one command ("status", "guard release"), "" for the program itself. Empty when it
/// is a mere group of others.
std::vector<std::string_view> examples(std::string_view command);

/// The same as the end of a help page.
std::string examples_text(std::string_view command);

}  // namespace syncer::cli
