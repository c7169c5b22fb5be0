// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace sim::scenario {

// A registry's instance ids know no "/" (^[A-Za-z0-9_.-]*$, at most 64), so "base/svc-1/3" is "base..svc-1..3" there.

/// The id in a registry of the instance that a scenario calls `name`.
std::string instance_id(std::string_view name);
/// The way back.
std::string instance_name(std::string_view id);
/// Whether the instance with this id (or name) is meant by a scenario's word: a name, a glob over names, "any" or
/// "all".
bool instance_matches(std::string_view pattern, std::string_view id);
/// Whether a name can be an id.
bool is_instance_name(std::string_view name);

}  // namespace sim::scenario
