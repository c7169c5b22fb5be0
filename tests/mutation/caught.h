// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/values/scenario.h"

namespace sim {

/// The ids of all invariants and expectations that a run of the product with one deliberate fault violates.
std::set<std::string> violations(const scenario::Scenario& scenario, std::uint64_t seed, std::string_view mutation);

/// What `syncsim why` says of a violation of such a run.
struct Answer {
  std::uint64_t seed = 0;
  std::string violation;
  std::string first_line;
  std::string text;  ///< the first line, too
};

/// Of the first of the seeds 1 to `seeds` that violates one of these ids: an answer for each id that it violates, in
/// the order of `by`. Without ids: of the first violation. Nothing where no seed has any.
std::vector<Answer> answers_of_why(const scenario::Scenario& scenario, std::uint64_t seeds, std::string_view mutation,
                                   const std::vector<std::string>& by);

/// The whole file; empty when there is none.
std::string text_of(const std::filesystem::path& path);

/// The names of all deliberate faults that the product's source holds.
std::set<std::string> mutations_in_source();

}  // namespace sim
