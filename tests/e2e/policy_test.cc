// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

/// Two regions, of which the first reads a configuration that can be changed.
class Policy : public testing::Test {
 protected:
  Policy() : east_registry(), east(workplace, flags()), west(workplace, "west", east.gossip) {}

  std::vector<std::string> flags() {
    write("{}");
    auto all = words("east", east_registry.sc.origin());
    all.insert(all.end(), {"--config", file()});
    return all;
  }
  std::string file() const { return workplace.path() + "/east.json"; }
  void write(const std::string& policy) const { std::ofstream(file()) << "{\"policy\": " << policy << "}"; }

  std::pair<int, std::string> run(std::vector<std::string> line) const {
    line.insert(line.begin(), syncer_program());
    line.insert(line.end(), {"--node", "east"});
    Process process(line, workplace.environment());
    const int code = process.wait_for_exit(seconds(10)).value_or(-1000);
    return {code, process.output()};
  }

  const Workplace workplace;
  Registry east_registry;
  Syncer east;
  Region west;
};

TEST_F(Policy, IsCheckedAppliedAndTakenBackWhileTheSyncersRun) {
  const Registered orders(east_registry.sc, "orders", "rest://10.1.0.1:8080");
  const Registered billing(east_registry.sc, "billing", "rest://10.1.0.2:8080");
  const auto both = [&] { return orders.visible_in(west.registry.sc) && billing.visible_in(west.registry.sc); };
  ASSERT_TRUE(eventually(seconds(30), both)) << west.syncer.process.output();

  write(R"({"export": [{"name": "bills stay", "to": "west", "deny": {"service": "bill*"}}]})");
  const auto [code, told] = run({"policy", "check"});
  EXPECT_EQ(code, 0) << told;
  EXPECT_NE(told.find("in west, of east: 1 of 2 instances would disappear, 0 would appear"), std::string::npos) << told;
  EXPECT_NE(told.find("billing"), std::string::npos) << told;
  EXPECT_NE(told.find("bills stay"), std::string::npos) << told;
  EXPECT_TRUE(both()) << "a check changes nothing";

  const auto refused = run({"reload"});
  EXPECT_EQ(refused.first, 1) << refused.second;
  EXPECT_NE(refused.second.find("wants --yes"), std::string::npos) << refused.second;
  EXPECT_EQ(run({"policy", "apply", "--yes"}).first, 0);
  EXPECT_TRUE(eventually(seconds(20), [&] { return !billing.visible_in(west.registry.sc); }));
  EXPECT_TRUE(orders.visible_in(west.registry.sc)) << "nothing else is touched";
  const std::string status = run({"status"}).second;
  EXPECT_NE(status.find("\"bills stay\" keeps 1 from it"), std::string::npos) << status;

  write("{}");
  EXPECT_EQ(run({"reload"}).first, 0);
  EXPECT_TRUE(eventually(seconds(20), both)) << west.syncer.process.output();
}

TEST_F(Policy, AMistakeIsToldWithItsPlaceAndChangesNothing) {
  write(R"({"exports": []})");
  const auto refused = run({"policy", "apply"});
  EXPECT_NE(refused.first, 0);
  EXPECT_NE(refused.second.find("policy.exports: is no member that is known here, did you mean \"export\"?"),
            std::string::npos)
      << refused.second;
  const std::string other = workplace.path() + "/next.json";
  std::ofstream(other) << R"({"import": [{"deny": {"state": "UPP"}}]})";
  const auto wrong = run({"policy", "check", other});
  EXPECT_EQ(wrong.first, 2) << wrong.second;
  EXPECT_NE(wrong.second.find("did you mean \"UP\"?"), std::string::npos) << wrong.second;
}

}  // namespace
}  // namespace e2e
