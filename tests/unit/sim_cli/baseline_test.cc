// SPDX-License-Identifier: Apache-2.0
#include "sim/report/baseline.h"

#include <gtest/gtest.h>

namespace sim::report {
namespace {

Suite suite(std::uint64_t seed, std::uint64_t links_lost, std::uint64_t suspicions) {
  scenario::RunResult run;
  run.seed = seed;
  if (links_lost > 0) run.findings.effort.push_back({"link.down", "e1", "reset", links_lost});
  if (suspicions > 0) run.findings.effort.push_back({"member.suspected", "w1", "", suspicions});
  Suite s;
  s.name = "cut";
  s.results = {run};
  return s;
}

/// As it comes back from its file.
Baseline baseline_of(const Suite& s) {
  Baseline made;
  made.put(s);
  const auto read = Baseline::parse(made.to_json());
  EXPECT_TRUE(read) << to_string(read.error());
  return *read;
}

TEST(Baseline, TellsWhatGotDearerAndCheaper) {
  const auto differences = baseline_of(suite(1, 10, 0)).compare(suite(1, 4, 30));
  ASSERT_TRUE(differences);
  ASSERT_EQ(differences->size(), 2U);
  EXPECT_TRUE(is_dearer(*differences));
  const std::string text = to_text(*differences);
  EXPECT_LT(text.find("dearer"), text.find("member.suspected"));
  EXPECT_LT(text.find("cheaper"), text.find("link.down"));
}

TEST(Baseline, OverlooksNoise) {
  const auto same = baseline_of(suite(1, 100, 1)).compare(suite(1, 110, 3));
  ASSERT_TRUE(same);
  EXPECT_TRUE(same->empty());
  EXPECT_FALSE(is_dearer(*same));
  EXPECT_TRUE(is_dearer(*baseline_of(suite(1, 100, 1)).compare(suite(1, 111, 3))));
}

TEST(Baseline, KnowsNothingOfANewScenario) {
  const auto none = Baseline().compare(suite(1, 100, 0));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST(Baseline, IsOnlyComparedWithTheSameSeeds) { EXPECT_FALSE(baseline_of(suite(1, 1, 1)).compare(suite(2, 1, 1))); }

TEST(Baseline, RefusesWhatIsNone) {
  for (const std::string text :
       {"", "[]", "{}", R"({"scenarios": {"a": 1}})", R"({"scenarios": {"a": {"seeds": [-1]}}})"}) {
    EXPECT_FALSE(Baseline::parse(text)) << text;
  }
}

}  // namespace
}  // namespace sim::report
