// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/golden/raft/script.h"

namespace syncer::raft::golden {

/// The scripts of a folder below SYNCER_CONFORMANCE_DIR/raft, by name; empty when they are not there.
inline std::vector<std::filesystem::path> scripts(const std::string& folder) {
  const char* root = std::getenv("SYNCER_CONFORMANCE_DIR");
  if (root == nullptr || !std::filesystem::is_directory(std::filesystem::path(root) / "raft" / folder)) return {};
  std::vector<std::filesystem::path> files;
  for (const auto& file : std::filesystem::directory_iterator(std::filesystem::path(root) / "raft" / folder)) {
    if (file.path().extension() == ".txt") files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::vector<Directive> load(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return parse_script(file.filename().string(), text.str());
}

inline constexpr const char* kNoData =
    "Raft conformance scripts not found: set SYNCER_CONFORMANCE_DIR to the folder that holds raft/";

}  // namespace syncer::raft::golden
