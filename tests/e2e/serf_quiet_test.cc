// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "tests/e2e/serf.h"

namespace e2e {
namespace {

/// SYNCER_QUIET_SECONDS=600 runs it for ten minutes.
seconds quiet_time() {
  const char* given = std::getenv("SYNCER_QUIET_SECONDS");
  return seconds(given == nullptr ? 120 : std::max(1L, std::strtol(given, nullptr, 10)));
}

TEST(SerfPoolAtRest, NobodyIsDoubted) {
  if (!serf_is_installed()) GTEST_SKIP() << "Debian's package serf is not installed; ./dev setup installs it";
  const Workplace workplace;
  const Serf one("one");
  const Serf two("two", {"-join", one.gossip()});
  const Serf three("three", {"-join", one.gossip()});
  const Syncer east(workplace, lonely("east", one.gossip()));
  ASSERT_TRUE(one.logs("EventMemberJoin", "east", seconds(10)));
  EXPECT_FALSE(one.process().wait_for_line({"EventMemberFailed"}, quiet_time())) << one.process().output();
  for (const Serf* agent : {&one, &two, &three}) {
    EXPECT_EQ(agent->process().output().find("EventMemberFailed"), std::string::npos) << agent->process().output();
    EXPECT_EQ(agent->process().output().find("EventMemberLeave"), std::string::npos) << agent->process().output();
    EXPECT_EQ(shown(east, agent->name(), "state"), "alive") << agent->name();
  }
  EXPECT_EQ(east.process.output().find("member.died"), std::string::npos) << east.process.output();
}

}  // namespace
}  // namespace e2e
