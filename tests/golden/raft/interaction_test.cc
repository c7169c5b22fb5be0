// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/golden/raft/data.h"
#include "tests/golden/raft/environment.h"

namespace syncer::raft::golden {
namespace {

/// Plays a script; the number of directives that came out as written.
std::size_t play(const std::filesystem::path& file) {
  Environment environment;
  std::size_t directives = 0;
  for (const Directive& directive : load(file)) {
    const std::string printed = without_log(environment.run(directive));
    EXPECT_EQ(printed, without_log(directive.expected)) << directive.place;
    if (printed != without_log(directive.expected)) break;
    ++directives;
  }
  return directives;
}

TEST(RaftInteraction, ReproducesEveryPublishedScriptLineForLine) {
  const auto files = scripts("interaction");
  if (files.empty()) GTEST_SKIP() << kNoData;
  std::size_t directives = 0;
  for (const auto& file : files) directives += play(file);
  EXPECT_EQ(files.size(), 9U);
  EXPECT_EQ(directives, 209U);
}

TEST(RaftInteraction, HandsOverAsTheRulesSay) {
  EXPECT_EQ(play(SYNCER_SOURCE_DIR "/tests/golden/raft/scripts/transfer.txt"), 9U);
}

TEST(RaftScript, ReadsEveryFormOfAnArgument) {
  const auto directives =
      parse_script("f", "# comment\n  add-nodes 3 voters=(1,2, 3) index=10 \n----\n  INFO x\n  kept\n\n");
  ASSERT_EQ(directives.size(), 1U);
  EXPECT_EQ(directives[0].command, "add-nodes");
  EXPECT_EQ(directives[0].positionals(), std::vector<std::string>{"3"});
  EXPECT_EQ(directives[0].values("voters"), (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(without_log(directives[0].expected), "  kept\n");
  EXPECT_EQ(without_log("  WARN nothing else\n"), "ok\n");
  EXPECT_THROW(parse_script("f", "command\ninput\n----\nok\n"), std::runtime_error);
  EXPECT_THROW(parse_script("f", "command\n----\n----\nok\n----\n----\n"), std::runtime_error);
}

}  // namespace
}  // namespace syncer::raft::golden
