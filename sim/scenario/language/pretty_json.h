// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace sim::scenario {

/// JSON as people write it: what fits into a line is one line.
std::string pretty(const nlohmann::ordered_json& value);
/// The same in one line, whatever its length.
std::string pretty_line(const nlohmann::ordered_json& value);

}  // namespace sim::scenario
