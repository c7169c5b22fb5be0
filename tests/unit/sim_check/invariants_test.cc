// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "sim/check/judge.h"

namespace sim::check {
namespace {

std::string document() {
  std::ostringstream text;
  text << std::ifstream(SYNCER_SOURCE_DIR "/docs/scenario-format.md").rdbuf();
  return text.str();
}

TEST(Invariants, HaveReadableIdsOfTheirOwn) {
  const std::regex readable("[a-z]+(-[a-z]+)+");
  std::set<std::string_view> seen;
  for (const std::string_view id : vocabulary().invariants) {
    EXPECT_TRUE(std::regex_match(std::string(id), readable)) << id;
    EXPECT_TRUE(seen.insert(id).second) << id;
  }
  EXPECT_GT(seen.size(), 25U);
}

TEST(Invariants, StandInTheDescriptionOfTheFormat) {
  const std::string text = document();
  for (const std::string_view id : vocabulary().invariants) {
    EXPECT_NE(text.find("| `" + std::string(id) + "` |"), std::string::npos) << id;
  }
}

}  // namespace
}  // namespace sim::check
