// SPDX-License-Identifier: Apache-2.0
// What signals do to a running syncer, and which exit codes come of them.
#include <csignal>

#include "tests/e2e/cluster.h"
#include "tests/e2e/region.h"

namespace e2e {
namespace {

/// A syncer whose good-bye takes long: it takes its canary back from a registry that does not answer.
class Signals : public testing::Test {
 protected:
  Signals() : region_(workplace_, "east") {
    EXPECT_TRUE(eventually(seconds(20), [&] { return region_.syncer.status("/ready") == "true"; }));
    region_.registry.process.signal(SIGSTOP);
  }
  ~Signals() override { region_.registry.process.signal(SIGCONT); }

  int end_by(int first, int second) {
    Process& daemon = region_.syncer.process;
    daemon.signal(first);
    EXPECT_TRUE(daemon.wait_for_line({"daemon.leaving", "a second signal ends at once"}, seconds(10)))
        << daemon.output();
    daemon.signal(second);
    return daemon.wait_for_exit(seconds(5)).value_or(-1000);
  }

  Workplace workplace_;
  Region region_;
};

TEST_F(Signals, ASecondTermEndsAtOnceWith143) { EXPECT_EQ(end_by(SIGTERM, SIGTERM), 128 + SIGTERM); }
TEST_F(Signals, ASecondIntEndsAtOnceWith130) { EXPECT_EQ(end_by(SIGINT, SIGINT), 128 + SIGINT); }
TEST_F(Signals, TheSecondOneNamesTheCode) { EXPECT_EQ(end_by(SIGTERM, SIGINT), 128 + SIGINT); }

TEST_F(Signals, WhoIsLeavingIsNotReadyAndStillAlive) {
  region_.syncer.process.signal(SIGTERM);
  EXPECT_TRUE(region_.syncer.process.wait_for_line({"daemon.leaving"}, seconds(10)));
  const auto ready = test::request("GET", "http://" + region_.syncer.metrics, "/readyz");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 503);
  EXPECT_NE(ready->body.find("the syncer is leaving"), std::string::npos) << ready->body;
  EXPECT_EQ(test::request("GET", "http://" + region_.syncer.metrics, "/livez")->status, 200);
  // Below what systemd and Kubernetes wait, though its registry does not answer.
  EXPECT_EQ(region_.syncer.process.wait_for_exit(seconds(15)), 0) << region_.syncer.process.output();
}

TEST(SignalsToARegion, OfOneSyncerMeanThatItLeavesThePool) {
  for (const int number : {SIGTERM, SIGINT}) {
    const Workplace workplace;
    Region east(workplace, "east");
    Region west(workplace, "west", east.syncer.gossip);
    ASSERT_TRUE(eventually(seconds(20), [&] { return east.syncer.status("/members/1/state") == "\"alive\""; }));
    west.syncer.process.signal(number);
    EXPECT_EQ(west.syncer.process.wait_for_exit(seconds(20)), 0) << west.syncer.process.output();
    EXPECT_TRUE(eventually(seconds(10), [&] { return east.syncer.status("/members/1/state") == "\"left\""; }))
        << east.syncer.status("/members");
  }
}

TEST(SignalsToARegion, OfThreeSyncersMeanThatTheLeaderStepsDownAndStaysAMember) {
  const Workplace workplace;
  const Registry registry({"127.30.193.10:30100"});
  Cluster east(workplace, "127.30.193.10", "east", "127.30.193.10:30190", 10);
  ASSERT_TRUE(eventually(seconds(30), [&] { return east.leader().has_value(); })) << east.output();
  const std::size_t head = *east.leader();
  const std::size_t other = head == 0 ? 1 : 0;
  const std::string name = east.syncer(head).node;
  const auto state = [&] {
    for (int i = 0; i < 3; ++i) {
      const std::string at = "/members/" + std::to_string(i);
      if (east.syncer(other).status(at + "/name") == "\"" + name + "\"")
        return east.syncer(other).status(at + "/state");
    }
    return std::string("not known");
  };
  EXPECT_EQ(state(), "\"alive\"");
  east.terminate(head);
  EXPECT_TRUE(eventually(seconds(10), [&] { return east.leader().has_value(); })) << east.output();
  // It did not leave: it is missed, and comes back to its slot.
  EXPECT_TRUE(eventually(seconds(20), [&] { return state() == "\"dead\""; })) << state();
  EXPECT_NE(east.syncer(*east.leader()).status("/group/voters").find("not there"), std::string::npos);
  east.start(head);
  EXPECT_TRUE(eventually(seconds(20), [&] { return state() == "\"alive\""; })) << state();
}

}  // namespace
}  // namespace e2e
