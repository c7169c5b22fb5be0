// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "sim/scenario/values/scenario.h"

namespace sim {

/// The ids of all invariants and expectations that a run of the product with one deliberate fault violates.
std::set<std::string> violations(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation);

/// The first line of what `syncsim why` says of such a run: of the violation of that id, or of the first one.
std::string first_line_of_why(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation,
                              const std::string& violation);

/// The whole file; empty when there is none.
std::string text_of(const std::filesystem::path& path);

/// The names of all deliberate faults that the product's source holds.
std::set<std::string> mutations_in_source();

}  // namespace sim
