// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>

#include "tests/e2e/cluster.h"
#include "tests/e2e/patrol.h"

namespace e2e {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kKills = 10;
constexpr int kBase = 8;

std::string endpoint(int n) { return "rest://10.1.0." + std::to_string(n) + ":8080"; }

/// Instances that come and go: a few a kill, before the leader falls and while there is none.
class Churn {
 public:
  explicit Churn(const ServiceCenter& center) : center_(center) {}
  void step() {
    live_.emplace_back(center_, "churn-" + std::to_string(made_), endpoint(100 + made_ % 100));
    ++made_;
    if (live_.size() <= 6) return;
    EXPECT_TRUE(live_.front().remove());
    gone_.push_back(live_.front());
    live_.pop_front();
  }
  bool shown_in(const ServiceCenter& other) const {
    const auto once = [&](const Registered& r) { return other.all_endpoints(r.service_name).size() == 1; };
    const auto never = [&](const Registered& r) { return other.all_endpoints(r.service_name).empty(); };
    return std::all_of(live_.begin(), live_.end(), once) && std::all_of(gone_.begin(), gone_.end(), never);
  }

 private:
  ServiceCenter center_;
  int made_ = 0;
  std::deque<Registered> live_;
  std::vector<Registered> gone_;
};

TEST(ClusterKills, CostNoCopyAndDoubleNoneInTenFailovers) {
  const Workplace workplace;
  const Registry first({"127.30.193.10:30100"});
  const Registry second({"127.30.193.11:30100"});
  Cluster east(workplace, "127.30.193.10", "east", "127.30.193.10:30190", 10);
  const Cluster west(workplace, "127.30.193.11", "west", "127.30.193.10:30190", 20);

  std::vector<Registered> base;
  std::vector<std::string> names;
  for (int i = 0; i < kBase; ++i) {
    names.push_back("base-" + std::to_string(i));
    base.emplace_back(first.sc, names.back(), endpoint(i));
  }
  const auto all_shown = [&] {
    return std::all_of(base.begin(), base.end(), [&](const Registered& r) { return r.visible_in(second.sc); });
  };
  ASSERT_TRUE(eventually(seconds(30), all_shown)) << east.output();

  Patrol patrol(second.sc, names);
  Churn churn(first.sc);
  std::vector<long> failovers;
  for (int i = 0; i < kKills; ++i) {
    churn.step();
    ASSERT_TRUE(eventually(seconds(10), [&] { return east.leader().has_value(); })) << east.output();
    const std::size_t head = *east.leader();
    east.kill(head);
    const Clock::time_point killed = Clock::now();
    churn.step();
    const Registered during(first.sc, "during-" + std::to_string(i), endpoint(50 + i));
    ASSERT_TRUE(eventually(seconds(10), [&] { return east.leader().has_value(); })) << east.output();
    failovers.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - killed).count());
    EXPECT_TRUE(eventually(seconds(10), [&] { return during.visible_in(second.sc); })) << east.output();
    east.start(head);
  }
  EXPECT_TRUE(eventually(seconds(15), [&] { return churn.shown_in(second.sc); })) << east.output();
  EXPECT_EQ(patrol.finish(), "");
  EXPECT_GT(patrol.rounds(), 10U);
  std::sort(failovers.begin(), failovers.end());
  std::printf("failover over %d kills: p50 %ld ms, max %ld ms\n", kKills, failovers[kKills / 2], failovers.back());
  EXPECT_LE(failovers.back(), 10'000);
}

}  // namespace
}  // namespace e2e
