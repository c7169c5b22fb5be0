// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "tests/e2e/region.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

TEST(Load, TwoHundredRegistrationsAreVisibleWithinTwoSeconds) {
  const Workplace workplace;
  Region east(workplace, "east");
  Region west(workplace, "west", east.syncer.gossip);
  const Registered warm(east.registry.sc, "orders", "rest://10.1.0.1:1");
  ASSERT_TRUE(eventually(seconds(30), [&] { return warm.visible_in(west.registry.sc); }));

  std::vector<double> latencies;
  std::vector<std::pair<std::string, Clock::time_point>> waiting;
  const auto look = [&] {
    const auto visible = west.registry.sc.endpoints("orders");
    const auto seen = [&](const auto& one) {
      if (visible.count(one.first) == 0) return false;
      latencies.push_back(milliseconds_since(one.second));
      return true;
    };
    waiting.erase(std::remove_if(waiting.begin(), waiting.end(), seen), waiting.end());
    return waiting.empty();
  };
  for (int i = 0; i < 200; ++i) {  // spread evenly over the phases of the poll interval
    const std::string endpoint = "rest://10.2.0." + std::to_string(i) + ":1";
    ASSERT_NE(east.registry.sc.register_instance(warm.service, endpoint), "");
    waiting.emplace_back(endpoint, Clock::now());
    eventually(std::chrono::milliseconds(25), look);
  }
  ASSERT_TRUE(eventually(seconds(30), look)) << waiting.size() << " are missing\n" << west.syncer.process.output();
  std::sort(latencies.begin(), latencies.end());
  ASSERT_EQ(latencies.size(), 200U);
  std::printf("register to visible: p50 %.0f ms, p99 %.0f ms, max %.0f ms\n", latencies[99], latencies[197],
              latencies[199]);
  EXPECT_LE(latencies[197], 2000.0);
}

TEST(Load, TenThousandInstancesOfAColdStartArrive) {
  const Workplace workplace;
  const Registry home;
  for (int s = 0; s < 20; ++s) {
    const std::string service = home.sc.register_service("service-" + std::to_string(s));
    for (int i = 0; i < 500; ++i) {
      const std::string endpoint =
          "rest://10." + std::to_string(s) + "." + std::to_string(i / 250) + "." + std::to_string(i % 250) + ":1";
      ASSERT_NE(home.sc.register_instance(service, endpoint), "");
    }
  }
  const Registry away;
  const auto start = Clock::now();
  const Syncer east(workplace, words("east", home.sc.origin()));
  const Syncer west(workplace, words("west", away.sc.origin(), east.gossip));
  const bool arrived = eventually(seconds(60), [&] {
    return away.sc.endpoints("service-19").size() == 500 && west.status("/registry/copies") == "10000";
  });
  EXPECT_TRUE(arrived) << west.status("/registry") << "\n" << west.process.output();
  std::printf("10000 instances: %.1f s; resident memory %ld MiB (from) and %ld MiB (to)\n",
              milliseconds_since(start) / 1000, east.process.resident_kib() / 1024, west.process.resident_kib() / 1024);
}

}  // namespace
}  // namespace e2e
