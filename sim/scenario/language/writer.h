// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "sim/scenario/values/scenario.h"

namespace sim::scenario {

/// JSON as people write it: what fits into a line is one line.
std::string pretty(const nlohmann::ordered_json& value);
/// The same in one line, whatever its length.
std::string pretty_line(const nlohmann::ordered_json& value);

/// The scenario as a file that parse() reads back to an equal one: includes resolved, defaults left out.
std::string to_json(const Scenario& scenario);

/// One event or expectation as it stands in a file, in one line.
std::string to_json(const Event& event);
std::string to_json(const Expectation& expectation);

/// What happens when, in sentences, for people.
std::string explain(const Scenario& scenario);

}  // namespace sim::scenario
