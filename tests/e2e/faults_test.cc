// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

TEST(Faults, ASyncerThatWasKilledTakesUpItsWorkAgain) {
  const Workplace workplace;
  Region east(workplace, "east");
  Region west(workplace, "west", east.syncer.gossip);
  const Registered before(east.registry.sc, "orders", "rest://10.1.0.1:1");
  const Registered doomed(east.registry.sc, "orders", "rest://10.1.0.2:1");
  ASSERT_TRUE(eventually(seconds(30), [&] {
    return before.visible_in(west.registry.sc) && doomed.visible_in(west.registry.sc);
  })) << west.syncer.process.output();

  east.syncer.process.signal(SIGKILL);
  ASSERT_EQ(east.syncer.process.wait_for_exit(seconds(5)), -SIGKILL);
  ASSERT_TRUE(doomed.remove());
  const Registered after(east.registry.sc, "orders", "rest://10.1.0.3:1");
  EXPECT_TRUE(before.visible_in(west.registry.sc)) << "copies outlive their syncer";

  auto again = words("east", east.registry.sc.origin(), west.syncer.gossip);
  const Syncer restarted(workplace, again);
  EXPECT_TRUE(eventually(seconds(30), [&] {
    return west.registry.sc.endpoints("orders") == std::set<std::string>{before.endpoint, after.endpoint};
  })) << restarted.process.output();
}

TEST(Faults, AnOutageOfTheRegistryIsSurvived) {
  const Workplace workplace;
  Region east(workplace, "east");
  Region west(workplace, "west", east.syncer.gossip);
  const Registered before(east.registry.sc, "orders", "rest://10.1.0.1:1");
  ASSERT_TRUE(eventually(seconds(30), [&] { return before.visible_in(west.registry.sc); }));

  west.registry.process.signal(SIGSTOP);  // connections are taken, nothing answers
  const Registered during(east.registry.sc, "orders", "rest://10.1.0.2:1");
  EXPECT_TRUE(west.syncer.process.wait_for_line({"registry.down"}, seconds(20))) << west.syncer.process.output();
  west.registry.process.signal(SIGCONT);
  EXPECT_TRUE(eventually(seconds(30), [&] { return during.visible_in(west.registry.sc); }))
      << west.syncer.process.output();
  EXPECT_TRUE(before.visible_in(west.registry.sc));
}

TEST(Faults, TheOtherFrontEndIsUsedWhenOneIsGone) {
  const Workplace workplace;
  Region east(workplace, "east");
  const Registry west({"127.0.0.1:0", "127.0.0.1:0"});
  const Syncer syncer(workplace, words("west", west.origins[0] + "," + west.origins[1], east.syncer.gossip));
  const Registered before(east.registry.sc, "orders", "rest://10.1.0.1:1");
  ASSERT_TRUE(eventually(seconds(30), [&] { return before.visible_in(west.sc); })) << syncer.process.output();

  const std::string outage = R"({"fault":"outage","mode":"refuse","frontend":0})";
  ASSERT_EQ(test::request("POST", west.origins[1], "/mock/faults", outage)->status, 200);
  const Registered during(east.registry.sc, "orders", "rest://10.1.0.2:1");
  const ServiceCenter other(west.origins[1]);
  EXPECT_TRUE(eventually(seconds(30), [&] { return during.visible_in(other); })) << syncer.process.output();
  EXPECT_TRUE(syncer.process.wait_for_line({"registry.failover"}, seconds(5))) << syncer.process.output();
}

}  // namespace
}  // namespace e2e
