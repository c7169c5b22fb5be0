// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/tidy/source_tree.h"

namespace tidy {
namespace {

TEST(Registration, EveryTestFileIsBuilt) {
  const std::string build = read_file(SYNCER_BUILD_DIR "/build.ninja");
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

TEST(Registration, EveryProductFileIsBuilt) {
  const std::string build = read_file(SYNCER_BUILD_DIR "/build.ninja");
  for (const SourceFile& file : product_files()) {
    if (file.path.substr(file.path.size() - 3) != ".cc") continue;
    EXPECT_NE(build.find(file.path), std::string::npos) << file.path << " is in no library";
  }
}

}  // namespace
}  // namespace tidy
