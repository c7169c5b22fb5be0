// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

TEST(TwoRegions, AnInstanceAppearsAndDisappearsInBoth) {
  const Workplace workplace;
  Region east(workplace, "east");
  Region west(workplace, "west", east.syncer.gossip);
  const Registered first(east.registry.sc, "orders", "rest://10.1.0.1:8080");
  const Registered second(west.registry.sc, "billing", "rest://10.2.0.1:8080");
  EXPECT_TRUE(eventually(seconds(30), [&] { return first.visible_in(west.registry.sc); }))
      << west.syncer.process.output();
  EXPECT_TRUE(eventually(seconds(30), [&] { return second.visible_in(east.registry.sc); }));
  ASSERT_TRUE(first.remove());
  EXPECT_TRUE(eventually(seconds(30), [&] { return !first.visible_in(west.registry.sc); }));
  EXPECT_TRUE(second.visible_in(east.registry.sc)) << "one removal is not another's";
}

TEST(TwoRegions, ASyncerThatIsToldToEndLeavesThePool) {
  const Workplace workplace;
  Region east(workplace, "east");
  Region west(workplace, "west", east.syncer.gossip);
  ASSERT_TRUE(eventually(seconds(20), [&] { return east.syncer.status("/members/1/name") != ""; }));
  west.syncer.process.signal(SIGTERM);
  EXPECT_EQ(west.syncer.process.wait_for_exit(seconds(15)), 0) << west.syncer.process.output();
  EXPECT_TRUE(east.syncer.process.wait_for_line({"member.left", "west"}, seconds(15))) << east.syncer.process.output();
}

TEST(ThreeRegions, EveryServiceCenterAnswersWithEveryInstance) {
  const Workplace workplace;
  Region a(workplace, "a");
  Region b(workplace, "b", a.syncer.gossip);
  Region c(workplace, "c", b.syncer.gossip);
  const Registered of_a(a.registry.sc, "orders", "rest://10.1.0.1:1");
  const Registered of_b(b.registry.sc, "orders", "rest://10.1.0.2:1");
  const Registered of_c(c.registry.sc, "orders", "rest://10.1.0.3:1");
  const std::set<std::string> all = {of_a.endpoint, of_b.endpoint, of_c.endpoint};
  for (const Region* region : {&a, &b, &c}) {
    EXPECT_TRUE(eventually(seconds(30), [&] { return region->registry.sc.endpoints("orders") == all; }))
        << region->syncer.process.output();
  }
}

TEST(Operators, AskTheDaemonThroughTheCommandLine) {
  const Workplace workplace;
  Region east(workplace, "east");
  const auto run = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), syncer_program());
    Process process(flags, workplace.environment());
    const int code = process.wait_for_exit(seconds(10)).value_or(-1000);
    return std::pair{code, process.output()};
  };
  ASSERT_TRUE(eventually(seconds(20), [&] { return run({"status", "--check"}).first == 0; })) << run({"status"}).second;
  EXPECT_NE(run({"status"}).second.find("region east"), std::string::npos) << run({"status"}).second;
  EXPECT_NE(run({"members"}).second.find("alive"), std::string::npos) << run({"members"}).second;
  EXPECT_NE(run({"members", "--output", "json", "--node", "east"}).second.find("\"members\""), std::string::npos);
  EXPECT_EQ(run({"guard", "release", "--all"}).first, 0);
  EXPECT_EQ(run({"guard", "release", "nowhere"}).first, 1);
  EXPECT_EQ(run({"status", "--node", "other"}).first, 3);
  east.registry.process.signal(SIGKILL);
  EXPECT_TRUE(eventually(seconds(20), [&] { return run({"status", "--check"}).first == 4; })) << run({"status"}).second;
}

}  // namespace
}  // namespace e2e
