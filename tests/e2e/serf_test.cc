// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/serf.h"

#include <csignal>
#include <iostream>

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;

/// A suspicion lasts 4 s at least, and begins when the first of three observers has probed the dead member in vain:
/// that takes 1 s and comes round every 3 s.
constexpr seconds kEarliestDeath{4};
constexpr seconds kLatestDeath{9};

/// Time since the kill, for the report of the test.
Clock::duration noticed_after(Clock::time_point killed) {
  const auto took = Clock::now() - killed;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  testing::Test::RecordProperty("noticed_after_ms", std::to_string(ms));
  std::cout << "noticed after " << ms << " ms" << std::endl;
  return took;
}

/// Three agents and a syncer that joined the first of them.
class SerfPool : public testing::Test {
 protected:
  void SetUp() override {
    if (!serf_is_installed()) GTEST_SKIP() << "Debian's package serf is not installed; ./dev setup installs it";
    one_.emplace("one");
    two_.emplace("two", std::vector<std::string>{"-join", one_->gossip(), "-tag", "role=web"});
    three_.emplace("three", std::vector<std::string>{"-join", one_->gossip()});
    east_.emplace(workplace_, lonely("east", one_->gossip()));
    for (const char* agent : {"one", "two", "three"}) {
      ASSERT_TRUE(shows(*east_, agent, "alive", seconds(10))) << agent << "\n" << east_->process.output();
    }
    for (const Serf* agent : {&*one_, &*two_, &*three_}) {
      ASSERT_TRUE(agent->logs("EventMemberJoin", "east", seconds(10))) << agent->process().output();
    }
  }

  Workplace workplace_;
  std::optional<Serf> one_;
  std::optional<Serf> two_;
  std::optional<Serf> three_;
  std::optional<Syncer> east_;
};

TEST_F(SerfPool, ShowsTagsBothWays) {
  EXPECT_NE(shown(*east_, "two", "tags").find("\"role\":\"web\""), std::string::npos) << shown(*east_, "two", "tags");
  const std::string members = one_->run({"members"});
  EXPECT_NE(members.find("region=east"), std::string::npos) << members;
  EXPECT_NE(members.find(east_->gossip), std::string::npos) << members;
}

TEST_F(SerfPool, AnAgentMayJoinUs) {
  const Syncer west(workplace_, lonely("west"));
  three_->run({"join", west.gossip});
  EXPECT_TRUE(three_->logs("EventMemberJoin", "west", seconds(10))) << three_->process().output();
  EXPECT_TRUE(shows(west, "one", "alive", seconds(10)));
  EXPECT_TRUE(shows(*east_, "west", "alive", seconds(10)));
}

TEST_F(SerfPool, OurDeathIsNoticed) {
  const auto killed = Clock::now();
  east_->process.signal(SIGKILL);
  ASSERT_TRUE(one_->logs("EventMemberFailed", "east", kLatestDeath)) << one_->process().output();
  EXPECT_GE(noticed_after(killed), kEarliestDeath);
}

TEST_F(SerfPool, WeNoticeTheDeathOfAnAgent) {
  const auto killed = Clock::now();
  two_->process().signal(SIGKILL);
  ASSERT_TRUE(shows(*east_, "two", "dead", kLatestDeath)) << shown(*east_, "two", "state");
  EXPECT_GE(noticed_after(killed), kEarliestDeath);
}

TEST_F(SerfPool, LeavesAreNoDeaths) {
  two_->run({"leave"});
  EXPECT_TRUE(shows(*east_, "two", "left", seconds(10))) << shown(*east_, "two", "state");
  east_->process.signal(SIGTERM);
  EXPECT_TRUE(one_->logs("EventMemberLeave", "east", seconds(10))) << one_->process().output();
  const std::string members = one_->run({"members"});
  EXPECT_NE(members.find("left"), std::string::npos) << members;
  EXPECT_EQ(members.find("failed"), std::string::npos) << members;
}

TEST_F(SerfPool, EventsQueriesAndIntentsOfSerfDoNoHarm) {
  for (const char* event : {"deploy", "restart", "deploy"}) two_->run({"event", event, "payload"});
  three_->run({"query", "-timeout=500ms", "uptime"});
  three_->run({"tags", "-set", "role=database"});
  EXPECT_TRUE(
      eventually(seconds(10), [&] { return shown(*east_, "three", "tags").find("database") != std::string::npos; }));
  three_->run({"force-leave", "east"});  // a leave intent about a living member: it must outlive it
  EXPECT_FALSE(one_->process().wait_for_line({"EventMemberFailed"}, seconds(5)));
  EXPECT_TRUE(east_->process.running());
  EXPECT_EQ(east_->status("/pending").find("fatal"), std::string::npos);
  for (const char* agent : {"one", "two", "three"}) EXPECT_EQ(shown(*east_, agent, "state"), "alive") << agent;
}

/// The line of `serf members` about a member.
std::string line_about(const std::string& members, const std::string& name) {
  const std::size_t begin = members.find(name + " ");
  return begin == std::string::npos ? "" : members.substr(begin, members.find('\n', begin) - begin);
}

TEST_F(SerfPool, AForcedLeaveOfARunningMemberIsTakenBack) {
  for (const Serf* agent : {&*three_, &*one_}) {
    agent->run({"force-leave", "east"});
    // The agent that was asked believes itself first, so what it shows afterwards is our answer.
    for (const Serf* other : {&*one_, &*two_, &*three_}) {
      const auto alive = [&] { return line_about(other->run({"members"}), "east").find("alive") != std::string::npos; };
      EXPECT_TRUE(eventually(seconds(10), alive)) << other->name() << " shows\n" << other->run({"members"});
    }
  }
  east_->process.signal(SIGKILL);
  EXPECT_TRUE(two_->logs("EventMemberFailed", "east", seconds(15))) << two_->process().output();
}

}  // namespace
}  // namespace e2e
