// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

/// What the build names: files by themselves, and those that are compiled together.
std::string built_files() {
  std::string text = read_file(SYNCER_BUILD_DIR "/build.ninja");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(SYNCER_BUILD_DIR)) {
    if (entry.path().extension() == ".cxx" && text.find(entry.path().filename()) != std::string::npos)
      text += read_file(entry.path());
  }
  return text;
}

TEST(Registration, EveryTestFileIsBuilt) {
  const std::string build = built_files();
  for (const char* ending : {"_test.cc", "_bench.cc"}) {
    for (const SourceFile& file : source_files("tests", {ending})) {
      const bool bench = std::string(ending) == "_bench.cc" && build.find("/bench/") == std::string::npos;
      EXPECT_TRUE(bench || build.find(file.path) != std::string::npos) << file.path << " is in no test binary";
    }
  }
}

TEST(Registration, EveryScenarioIsATest) {
  const std::string registered = read_file(SYNCER_BUILD_DIR "/tests/scenario/CTestTestfile.cmake");
  const auto scenarios = source_files("scenarios", {".json"});
  EXPECT_GE(scenarios.size(), 25U);
  for (const SourceFile& file : scenarios) {
    EXPECT_NE(registered.find(file.path), std::string::npos) << file.path << " is never run";
  }
}

std::string all_text(const std::string& folder) {
  std::string text;
  for (const SourceFile& file : source_files(folder, {".cc"})) {
    for (const std::string& line : file.lines) text += line + "\n";
  }
  return text;
}

TEST(Registration, EveryPortHasOneContractForBothItsSides) {
  std::size_t ports = 0;
  for (const SourceFile& file : source_files("syncer/ports", {".h"})) {
    for (const std::string& line : file.lines) {
      const std::size_t at = line.find("virtual ~");
      if (at == std::string::npos) continue;
      ++ports;
      const std::string suite = line.substr(at + 9, line.find('(') - at - 9) + "Contract,";
      EXPECT_NE(all_text("tests/contract/suites").find("TEST_P(" + suite), std::string::npos) << file.path;
      for (const char* side : {"tests/contract/real", "tests/contract/sim"}) {
        EXPECT_NE(all_text(side).find(", " + suite), std::string::npos) << suite << " is not played in " << side;
      }
    }
  }
  EXPECT_EQ(ports, 6U);
}

TEST(Registration, EveryProductFileIsBuilt) {
  const std::string build = built_files();
  for (const SourceFile& file : product_files()) {
    if (file.path.substr(file.path.size() - 3) != ".cc") continue;
    EXPECT_NE(build.find(file.path), std::string::npos) << file.path << " is in no library";
  }
}

}  // namespace
}  // namespace tidy
