// SPDX-License-Identifier: Apache-2.0
#include <csignal>

#include "tests/e2e/cluster.h"
#include "tests/e2e/patrol.h"

namespace e2e {
namespace {

/// Syncers of region east that this one believes alive, or does not know to be dead.
int alive_of_east(const Syncer& west) {
  int alive = 0;
  for (int i = 0; !west.status("/members/" + std::to_string(i) + "/name").empty(); ++i) {
    const std::string at = "/members/" + std::to_string(i);
    const std::string state = west.status(at + "/state");
    if (west.status(at + "/region") == "\"east\"" && (state == "\"alive\"" || state == "\"suspect\"")) ++alive;
  }
  return alive;
}

/// The steps of docs/cluster.md, in both directions, on the same data folders.
TEST(ClusterConversion, MakesAClusterOfASingleSyncerAndBackWithoutLosingOrDoublingACopy) {
  const Workplace workplace;
  const std::string host = "127.30.194.10";
  const std::string join = "127.30.194.11:30190";
  const Registry first({host + ":30100"});
  const Registry second({"127.30.194.11:30100"});
  const Syncer west(workplace, quick_start_words("127.30.194.11", "west", join, 20, 1));
  const auto single = [&] { return std::make_unique<Syncer>(workplace, quick_start_words(host, "east", join, 10, 1)); };
  const auto stop = [](Syncer& syncer) {
    syncer.process.signal(SIGTERM);
    EXPECT_EQ(syncer.process.wait_for_exit(seconds(20)), 0);
  };

  auto east = single();
  const Registered orders(first.sc, "orders", "rest://10.1.0.1:8080");
  const Registered billing(second.sc, "billing", "rest://10.2.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return orders.visible_in(second.sc) && billing.visible_in(first.sc); }));
  Patrol there(second.sc, {"orders", "billing"});
  Patrol here(first.sc, {"orders", "billing"});

  stop(*east);
  east.reset();
  {
    Cluster cluster(workplace, host, "east", join, 10);
    ASSERT_TRUE(eventually(seconds(20), [&] { return cluster.leader().has_value(); })) << cluster.output();
    const Registered more(first.sc, "stock", "rest://10.1.0.2:8080");
    EXPECT_TRUE(eventually(seconds(20), [&] { return more.visible_in(second.sc); })) << cluster.output();
    EXPECT_TRUE(more.remove());
    EXPECT_TRUE(eventually(seconds(20), [&] { return !more.visible_in(second.sc); })) << cluster.output();
    for (std::size_t i = cluster.size(); i-- > 0;) cluster.terminate(i);
    EXPECT_TRUE(eventually(seconds(60), [&] { return alive_of_east(west) == 0; })) << west.process.output();
  }
  east = single();
  const Registered last(first.sc, "rates", "rest://10.1.0.3:8080");
  EXPECT_TRUE(eventually(seconds(20), [&] { return last.visible_in(second.sc); })) << east->process.output();
  EXPECT_EQ(there.finish(), "");
  EXPECT_EQ(here.finish(), "");
  EXPECT_GT(there.rounds(), 10U);
}

}  // namespace
}  // namespace e2e
