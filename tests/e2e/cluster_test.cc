// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/cluster.h"

namespace e2e {
namespace {

TEST(Cluster, SixSyncersKeepTwoServiceCentersTheSameWhenALeaderIsKilled) {
  const Workplace workplace;
  const Registry first({"127.30.192.10:30100"});
  const Registry second({"127.30.192.11:30100"});
  Cluster east(workplace, "127.30.192.10", "east", "127.30.192.10:30190", 10);
  Cluster west(workplace, "127.30.192.11", "west", "127.30.192.10:30190", 20);

  const Registered orders(first.sc, "orders", "rest://10.1.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return orders.visible_in(second.sc); })) << east.output();
  const Registered billing(second.sc, "billing", "rest://10.2.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return billing.visible_in(first.sc); })) << west.output();

  const auto head = east.leader();
  ASSERT_TRUE(head);
  east.kill(*head);
  const Registered during(first.sc, "stock", "rest://10.1.0.2:8080");
  EXPECT_TRUE(eventually(seconds(15), [&] { return during.visible_in(second.sc); })) << east.output();
  EXPECT_TRUE(orders.visible_in(second.sc));
  EXPECT_TRUE(billing.visible_in(first.sc));
  EXPECT_TRUE(east.leader());
}

}  // namespace
}  // namespace e2e
