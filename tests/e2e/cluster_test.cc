// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <csignal>
#include <memory>
#include <sstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

using Cluster = std::vector<std::unique_ptr<Syncer>>;

/// The quick start's three commands of one machine, moved to loopback. There an address cannot name a region, so the
/// name is given.
Cluster start(const Workplace& workplace, const std::string& host, const std::string& region, int first) {
  Cluster syncers;
  for (int i = 1; i <= 3; ++i) {
    const std::string gossip = std::to_string(30090 + 100 * i);
    const std::string rpc = std::to_string(30091 + 100 * i);
    std::istringstream line("--sc-addr http://" + host + ":30100 --bind-addr " + host + ":" + gossip + " --rpc-addr " +
                            host + ":" + rpc + " --mode cluster --node syncer0" + std::to_string(first + i) +
                            " --cluster-port 3020" + std::to_string(i) + " --join-addr 127.30.192.10:30190" +
                            " --cluster-name " + region + " --log-format json");
    std::vector<std::string> words;
    for (std::string word; line >> word;) words.push_back(word);
    syncers.push_back(std::make_unique<Syncer>(workplace, words));
  }
  return syncers;
}

/// The one that writes; end() when nobody does.
Cluster::iterator leader(Cluster& syncers) {
  return std::find_if(syncers.begin(), syncers.end(),
                      [](const auto& one) { return one->status("/group/leads") == "true"; });
}

TEST(Cluster, SixSyncersKeepTwoServiceCentersTheSameWhenALeaderIsKilled) {
  const Workplace workplace;
  const Registry first({"127.30.192.10:30100"});
  const Registry second({"127.30.192.11:30100"});
  Cluster east = start(workplace, "127.30.192.10", "east", 10);
  Cluster west = start(workplace, "127.30.192.11", "west", 20);

  const Registered orders(first.sc, "orders", "rest://10.1.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return orders.visible_in(second.sc); })) << east[0]->process.output();
  const Registered billing(second.sc, "billing", "rest://10.2.0.1:8080");
  ASSERT_TRUE(eventually(seconds(30), [&] { return billing.visible_in(first.sc); })) << west[0]->process.output();

  const auto head = leader(east);
  ASSERT_NE(head, east.end());
  (*head)->process.signal(SIGKILL);
  (*head)->process.wait_for_exit(seconds(10));
  east.erase(head);
  const Registered during(first.sc, "stock", "rest://10.1.0.2:8080");
  EXPECT_TRUE(eventually(seconds(15), [&] { return during.visible_in(second.sc); })) << east[0]->process.output();
  EXPECT_TRUE(orders.visible_in(second.sc));
  EXPECT_TRUE(billing.visible_in(first.sc));
  EXPECT_NE(leader(east), east.end());
}

}  // namespace
}  // namespace e2e
