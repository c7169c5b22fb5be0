// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

/// The words of a command line as the documentation prints it, with its network moved to loopback.
std::vector<std::string> on_loopback(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> all;
  for (std::string word; stream >> word;) {
    const std::size_t at = word.find("10.0.0.");
    if (at != std::string::npos) word.replace(at, 7, "127.30.190.");
    all.push_back(word);
  }
  return all;
}

TEST(QuickStart, TheSingleModeCommandsSyncTwoServiceCenters) {
  const Workplace workplace;
  const Registry first({"127.30.190.10:30100"});
  const Registry second({"127.30.190.11:30100"});
  const Syncer one(workplace, on_loopback("--sc-addr http://10.0.0.10:30100 --bind-addr 10.0.0.10:30190 "
                                          "--rpc-addr 10.0.0.10:30191"));
  // The example joins the RPC address, not the gossip address.
  const Syncer two(workplace, on_loopback("--sc-addr http://10.0.0.11:30100 --bind-addr 10.0.0.11:30190 "
                                          "--rpc-addr 10.0.0.11:30191 --join-addr 10.0.0.10:30191"));
  EXPECT_NE(one.node, two.node);
  const Registered instance(first.sc, "orders", "rest://10.1.0.1:8080");
  EXPECT_TRUE(eventually(seconds(30), [&] { return instance.visible_in(second.sc); })) << two.process.output();
  const Registered back(second.sc, "billing", "rest://10.2.0.1:8080");
  EXPECT_TRUE(eventually(seconds(30), [&] { return back.visible_in(first.sc); })) << one.process.output();
}

}  // namespace
}  // namespace e2e
