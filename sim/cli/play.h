// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim::cli {

/// The words that the checkers define.
scenario::Vocabulary vocabulary();

/// The scenario of a file; what is wrong with it goes to `err`.
std::optional<scenario::Scenario> load_file(const std::string& file, std::ostream& err);

/// Plays one seed with all checks.
scenario::RunResult play(const scenario::Scenario& scenario, std::uint64_t seed,
                         const scenario::RunOptions& options = {});

/// Plays one seed with all checks, and counts which points of the program it reaches.
scenario::RunResult play_counted(const scenario::Scenario& scenario, std::uint64_t seed,
                                 scenario::RunOptions options = {});

/// Plays the seed of a run again, without checks, and compares every event: the digest must not depend on who watches.
/// A sentence about the first difference, or nothing.
std::optional<std::string> compare(const scenario::Scenario& scenario, const scenario::RunResult& run);

/// The seeds of a scenario: those asked for, or its own.
std::vector<std::uint64_t> seeds_of(const scenario::Scenario& scenario,
                                    const std::optional<std::pair<std::uint64_t, std::uint64_t>>& asked);

}  // namespace sim::cli
