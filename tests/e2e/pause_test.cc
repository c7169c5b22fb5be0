// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

TEST(Pause, ASyncerThatStoodStillFor20SecondsCatchesUp) {
  const Workplace workplace;
  Region east(workplace, "east");
  Region west(workplace, "west", east.syncer.gossip);
  const Registered before(east.registry.sc, "orders", "rest://10.1.0.1:1");
  ASSERT_TRUE(eventually(seconds(30), [&] { return before.visible_in(west.registry.sc); }));

  west.syncer.process.signal(SIGSTOP);
  const Registered during(east.registry.sc, "orders", "rest://10.1.0.2:1");
  // Long enough that the pool takes it for dead and its links are cut.
  EXPECT_TRUE(east.syncer.process.wait_for_line({"member.died", "west"}, seconds(20))) << east.syncer.process.output();
  EXPECT_FALSE(eventually(seconds(10), [&] { return during.visible_in(west.registry.sc); })) << "nobody could copy it";
  west.syncer.process.signal(SIGCONT);
  EXPECT_TRUE(eventually(seconds(30), [&] { return during.visible_in(west.registry.sc); }))
      << west.syncer.process.output();
  EXPECT_TRUE(before.visible_in(west.registry.sc));
  const Registered back(west.registry.sc, "billing", "rest://10.2.0.1:1");
  EXPECT_TRUE(eventually(seconds(30), [&] { return back.visible_in(east.registry.sc); }));
}

}  // namespace
}  // namespace e2e
