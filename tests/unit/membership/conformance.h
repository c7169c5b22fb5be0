// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace conformance {

using nlohmann::json;

/// The parsed file of facts about memberlist, or nothing when SYNCER_CONFORMANCE_DIR has no such folder. A folder
/// without the file, or a file that does not parse, throws: a wrong path must not pass silently.
inline std::optional<json> load(const std::string& file) {
  const char* root = std::getenv("SYNCER_CONFORMANCE_DIR");
  const std::string folder = std::string(root == nullptr ? "" : root) + "/membership";
  if (root == nullptr || !std::ifstream(folder + "/README.md").is_open()) return std::nullopt;
  std::ifstream in(folder + "/" + file);
  return json::parse(in);
}

}  // namespace conformance

/// Declares `data` with the parsed file, or skips the test with the reason.
#define LOAD_CONFORMANCE(data, file)                                                             \
  const auto data##_found = conformance::load(file);                                             \
  if (!data##_found) GTEST_SKIP() << "no membership data in SYNCER_CONFORMANCE_DIR: " << (file); \
  const conformance::json& data = *data##_found
