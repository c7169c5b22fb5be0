// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "sim/scenario/language/document.h"
#include "sim/scenario/values/scenario.h"
#include "syncer/base/result.h"

namespace sim::scenario {

/// Words that others define; an empty list accepts any.
struct Vocabulary {
  std::vector<std::string_view> metrics;
  std::vector<std::string_view> invariants;
};

/// Gives the text of an included file; the path is as written in the scenario.
using Include = std::function<syncer::Result<std::string>(const std::string& path)>;

/// A scenario, or everything that is wrong with it.
using Parsed = tl::expected<Scenario, std::vector<Diagnostic>>;

/// Reads a scenario. `file` is what messages call it.
Parsed parse(std::string file, std::string text, const Vocabulary& vocabulary = {}, const Include& include = {});
/// Reads a scenario file; includes are relative to its folder.
Parsed load(const std::string& path, const Vocabulary& vocabulary = {});

/// The scenario files that a path names: the file itself, or every "*.json" below the folder, sorted by path. An error
/// when a folder holds none.
syncer::Result<std::vector<std::string>> scenario_files(const std::string& path);

/// All diagnostics, one after the other.
std::string to_string(const std::vector<Diagnostic>& problems);

}  // namespace sim::scenario
