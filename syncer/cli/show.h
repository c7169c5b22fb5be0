// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syncer/base/result.h"

namespace syncer::cli {

/// A table for people of the JSON of /v1/members.
Result<std::string> members_table(std::string_view json);
/// A table for people of the JSON of /v1/keys.
Result<std::string> keys_table(std::string_view json);
/// A table for people of the JSON of /v1/cluster.
Result<std::string> voters_table(std::string_view json);
/// A page for people of the JSON of /v1/status.
Result<std::string> status_page(std::string_view json);
/// What is wrong according to the JSON of /v1/status, in words; empty when all is well.
Result<std::vector<std::string>> status_problems(std::string_view json);

}  // namespace syncer::cli
