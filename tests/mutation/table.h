// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

#include "tests/mutation/caught.h"

namespace sim {

/// tests/mutation/mutations.json: each deliberate fault, what catches it, and within how many seeds.
inline nlohmann::json table() {
  return nlohmann::json::parse(text_of(SYNCER_SOURCE_DIR "/tests/mutation/mutations.json"));
}

inline std::vector<nlohmann::json> rows_with(const char* member) {
  std::vector<nlohmann::json> rows;
  for (const nlohmann::json& row : table()) {
    if (row.contains(member)) rows.push_back(row);
  }
  return rows;
}

/// The name of a row as a part of a test's name.
inline std::string test_name(const testing::TestParamInfo<nlohmann::json>& row) {
  return std::regex_replace(row.param.at("mutation").get<std::string>(), std::regex("[^A-Za-z0-9]"), "_");
}

}  // namespace sim
