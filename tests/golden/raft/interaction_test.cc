// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/golden/raft/data.h"
#include "tests/golden/raft/environment.h"

namespace syncer::election::golden {
namespace {

TEST(RaftInteraction, ReproducesEveryScriptLineForLine) {
  const auto files = scripts("interaction");
  if (files.empty()) GTEST_SKIP() << kNoData;
  std::size_t directives = 0;
  for (const auto& file : files) {
    Environment environment;
    for (const Directive& directive : load(file)) {
      ++directives;
      ASSERT_EQ(without_log(environment.run(directive)), without_log(directive.expected)) << directive.place;
    }
  }
  EXPECT_EQ(files.size(), 9U);
  EXPECT_EQ(directives, 209U);
}

}  // namespace
}  // namespace syncer::election::golden
