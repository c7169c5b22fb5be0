// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sim::scenario {

/// JSON Schema (draft 2020-12) of scenario files, for editors.
std::string json_schema();

}  // namespace sim::scenario
