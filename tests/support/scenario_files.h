// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

#include "sim/scenario/language/parse.h"

namespace sim {

/// Path of the scenario of that name, wherever it lies below scenarios/. Throws when there is none, or more than one.
inline std::string scenario_file(const std::string& name) {
  std::string found;
  const auto all = scenario::scenario_files(SYNCER_SOURCE_DIR "/scenarios");
  if (!all) throw std::runtime_error(to_string(all.error()));
  for (const std::string& path : *all) {
    if (std::filesystem::path(path).stem() != name) continue;
    if (!found.empty()) throw std::runtime_error("two scenarios are called " + name + ": " + found + ", " + path);
    found = path;
  }
  if (found.empty()) throw std::runtime_error("no scenario is called " + name);
  return found;
}

}  // namespace sim
