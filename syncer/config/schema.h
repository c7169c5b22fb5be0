// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace syncer::config {

/// The JSON Schema (draft 7) of configuration files, for editors: every key, nested and with its dots, with what it
/// means, its default, and all values where there are few.
std::string json_schema();

}  // namespace syncer::config
