// SPDX-License-Identifier: Apache-2.0
#include "sim/host/network/network.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using fault::LinkRule;
using syncer::Duration;
using syncer::Instant;

const Site kA = Site::node(0);
const Site kB = Site::node(1);
const Site kR = Site::registry(0);

class NetworkTest : public testing::Test {
 protected:
  NetworkTest() {
    for (const Site site : {kA, kB, kR}) network_.add_site(site);
  }
  static LinkRule rule(const fault::Sites& from, const fault::Sites& to, Duration latency) {
    LinkRule r;
    r.from = from;
    r.to = to;
    r.spec.latency.emplace();
    r.spec.latency->mean = latency;
    return r;
  }
  Duration latency(Site from, Site to) { return network_.path(from, to).datagram(kernel_.now(), 10).delay; }
  void send(Site from, Site to, Duration delay, std::uint32_t mark) {
    network_.transmit(from, to, kernel_.now() + delay, EventCode::DatagramArrived, mark, {});
  }

  Kernel kernel_;
  Network network_{kernel_};
};

TEST_F(NetworkTest, TheLastMatchingRuleWins) {
  network_.add_rule(rule({kA, kB}, {kA, kB, kR}, 10ms));
  const RuleId second = network_.add_rule(rule({kA}, {kB}, 20ms));
  EXPECT_EQ(latency(kA, kB), 20ms);
  EXPECT_EQ(latency(kB, kA), 10ms);
  network_.remove_rule(second);
  EXPECT_EQ(latency(kA, kB), 10ms);
}

TEST_F(NetworkTest, ARuleForBothWaysCountsBothWays) {
  LinkRule both = rule({kA}, {kR}, 30ms);
  both.both = true;
  network_.add_rule(both);
  EXPECT_EQ(latency(kR, kA), 30ms);
  EXPECT_EQ(latency(kA, kR), 30ms);
}

TEST_F(NetworkTest, APatchChangesOnlyWhatItNames) {
  network_.add_rule(rule({kA}, {kB}, 10ms));
  LinkRule patch;
  patch.from = {kA};
  patch.to = {kB};
  patch.patch = true;
  patch.spec.loss = syncer::Ratio{1, 2};
  network_.add_rule(patch);
  EXPECT_EQ(network_.path(kA, kB).model().loss, (syncer::Ratio{1, 2}));
  EXPECT_EQ(network_.path(kA, kB).model().latency->median(), 10ms);
  LinkRule whole = patch;
  whole.patch = false;
  network_.add_rule(whole);
  EXPECT_EQ(network_.path(kA, kB).model().latency->median(), 500us) << "a whole rule starts from the default";
}

TEST_F(NetworkTest, OverlappingPartitionsAreHealedOneByOne) {
  const FaultId first = network_.partition(fault::one_way({kA}, {kB}));
  const FaultId second = network_.partition(fault::groups({{kA}, {kB}}));
  EXPECT_TRUE(network_.drops(kB, kA));
  network_.heal(second);
  EXPECT_FALSE(network_.drops(kB, kA));
  EXPECT_TRUE(network_.drops(kA, kB));
  network_.heal(first);
  network_.heal(first);
  EXPECT_FALSE(network_.drops(kA, kB));
}

TEST_F(NetworkTest, AJamKeepsPacketsAndDeliversThemInOrderAtHeal) {
  const FaultId jam = network_.partition(fault::one_way({kA}, {kB}, fault::BlockMode::Jam));
  send(kA, kB, 1ms, 1);
  send(kA, kB, 1ms, 2);
  send(kA, kB, 9s, 3);
  EXPECT_TRUE(kernel_.queue.empty());
  EXPECT_FALSE(network_.open(kA, kB));
  kernel_.queue.pass_to(Instant{} + 5s);
  network_.heal(jam);
  EXPECT_EQ(kernel_.queue.pop().subject, 1U);
  EXPECT_EQ(kernel_.queue.pop().subject, 2U);
  EXPECT_EQ(kernel_.now(), Instant{} + 5s);
  EXPECT_EQ(kernel_.queue.pop().subject, 3U);
  EXPECT_EQ(kernel_.now(), Instant{} + 9s) << "not faster than without the jam";
}

TEST_F(NetworkTest, ASlowPartitionAddsTimeUntilItIsHealed) {
  fault::PartitionSpec slow = fault::one_way({kA}, {kB}, fault::BlockMode::Slow);
  slow.extra = 300ms;
  const FaultId id = network_.partition(slow);
  EXPECT_EQ(network_.slowness(kA, kB), 300ms);
  EXPECT_TRUE(network_.open(kA, kB));
  network_.heal(id);
  EXPECT_EQ(network_.slowness(kA, kB), 0ms);
}

TEST_F(NetworkTest, HoldsMessagesBetweenNodesForDeliveryByHand) {
  network_.hold_messages(true);
  for (std::uint32_t i = 0; i < 3; ++i) send(kA, kB, 1ms, i);
  send(kA, kR, 1ms, 9);
  EXPECT_EQ(kernel_.queue.pop().subject, 9U) << "only messages between nodes are held";
  EXPECT_EQ(network_.deliver(kA, kB, 1), 1U);
  EXPECT_EQ(kernel_.queue.pop().subject, 0U);
  EXPECT_EQ(network_.take_pending(kA, kB, EventCode::DatagramArrived).size(), 2U);
  EXPECT_EQ(network_.deliver(kA, kB, 5), 0U);
}

TEST_F(NetworkTest, NothingPassesAMachineThatIsGone) {
  network_.set_machine_up(kB, false);
  EXPECT_TRUE(network_.drops(kA, kB));
  EXPECT_TRUE(network_.drops(kB, kA));
  EXPECT_FALSE(network_.drops(kA, kR));
}

TEST_F(NetworkTest, AFaultOnOneLinkShiftsNoDrawOfAnother) {
  const auto draws = [](bool faulty) {
    Kernel kernel;
    Network network(kernel);
    for (const Site site : {kA, kB, kR}) network.add_site(site);
    LinkRule uniform = rule({kA, kB, kR}, {kA, kB, kR}, 0ms);
    uniform.spec.latency->shape = fault::Shape::Uniform;
    uniform.spec.latency->max = 1s;
    network.add_rule(uniform);
    LinkRule lossy = uniform;
    lossy.from = {kA};
    lossy.to = {kR};
    lossy.spec.loss = syncer::Ratio{1, 2};
    if (faulty) network.add_rule(lossy);
    std::vector<Duration> seen;
    for (int i = 0; i < 50; ++i) {
      static_cast<void>(network.path(kA, kR).datagram(kernel.now(), 10));
      seen.push_back(network.path(kA, kB).datagram(kernel.now(), 10).delay);
    }
    return seen;
  };
  EXPECT_EQ(draws(true), draws(false));
}

}  // namespace
}  // namespace sim::host
