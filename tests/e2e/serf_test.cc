// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/e2e/serf_pool.h"

namespace e2e {
namespace {

class OpenSerfPool : public testing::Test {
 protected:
  void SetUp() override {
    if (!serf_is_installed()) GTEST_SKIP() << "Debian's package serf is not installed; ./dev setup installs it";
    pool_.emplace();
    pool_->meet();
  }

  std::optional<SerfPool> pool_;
};

TEST_F(OpenSerfPool, EventsQueriesAndIntentsOfSerfDoNoHarm) {
  for (const char* event : {"deploy", "restart", "deploy"}) pool_->two.run({"event", event, "payload"});
  pool_->three.run({"query", "-timeout=500ms", "uptime"});
  pool_->three.run({"tags", "-set", "role=database"});
  EXPECT_TRUE(eventually(seconds(10),
                         [&] { return shown(pool_->east, "three", "tags").find("database") != std::string::npos; }));
  pool_->three.run({"force-leave", "east"});  // a leave intent about a living member: it must outlive it
  EXPECT_FALSE(pool_->one.process().wait_for_line({"EventMemberFailed"}, seconds(5)));
  EXPECT_TRUE(pool_->east.process.running());
  EXPECT_EQ(pool_->east.status("/failure"), "\"\"");
  for (const char* agent : {"one", "two", "three"}) EXPECT_EQ(shown(pool_->east, agent, "state"), "alive") << agent;
}

/// The line of `serf members` about a member.
std::string line_about(const std::string& members, const std::string& name) {
  const std::size_t begin = members.find(name + " ");
  return begin == std::string::npos ? "" : members.substr(begin, members.find('\n', begin) - begin);
}

TEST_F(OpenSerfPool, AForcedLeaveOfARunningMemberIsTakenBack) {
  for (const Serf* agent : {&pool_->three, &pool_->one}) {
    agent->run({"force-leave", "east"});
    // The agent that was asked believes itself first, so what it shows afterwards is our answer.
    for (const Serf* other : {&pool_->one, &pool_->two, &pool_->three}) {
      const auto alive = [&] { return line_about(other->run({"members"}), "east").find("alive") != std::string::npos; };
      EXPECT_TRUE(eventually(seconds(10), alive)) << other->name() << " shows\n" << other->run({"members"});
    }
  }
  pool_->east.process.signal(SIGKILL);
  EXPECT_TRUE(pool_->two.logs("EventMemberFailed", "east", seconds(15))) << pool_->two.process().output();
}

}  // namespace
}  // namespace e2e
