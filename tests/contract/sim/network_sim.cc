// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/sim/sim_world.h"

namespace contract {
namespace {

using syncer::Listener;

class SimDatagrams final : public SimWorld<DatagramsHarness> {
 public:
  explicit SimDatagrams(std::uint64_t seed) : SimWorld(seed) {
    for (const bool running : {true, true, false}) add_machine(running);
  }
  syncer::Datagrams& datagrams(int host) override { return ports(host); }
  syncer::Endpoint address(int host) override { return address_of(static_cast<std::uint32_t>(host), Listener::Gossip); }
  syncer::Endpoint nobody() override { return address_of(2, Listener::Gossip); }
  const std::vector<Packet>& arrived(int host) override { return record(host).packets; }
};

class SimStreams final : public SimWorld<StreamsHarness> {
 public:
  /// With `loss`, on a link that loses every fifth packet: a process must see no difference.
  SimStreams(std::uint64_t seed, syncer::Ratio loss) : SimWorld(seed) {
    for (const bool running : {true, true, false}) add_machine(running);
    sim::fault::LinkRule rule;
    rule.from = rule.to = fabric_.network.sites();
    rule.spec.loss = loss;
    fabric_.network.add_rule(rule);
  }
  syncer::Streams& streams(int host) override { return ports(host); }
  syncer::Endpoint address(int host, Listener listener) override {
    return address_of(static_cast<std::uint32_t>(host), listener);
  }
  syncer::Endpoint nobody() override { return address_of(2, Listener::Rpc); }
  const std::vector<StreamEvent>& events(int host) override { return record(host).streams; }
};

std::unique_ptr<DatagramsHarness> datagrams() { return std::make_unique<SimDatagrams>(1); }
std::unique_ptr<StreamsHarness> streams() { return std::make_unique<SimStreams>(1, syncer::Ratio{0, 1}); }
std::unique_ptr<StreamsHarness> lossy_streams() { return std::make_unique<SimStreams>(2, syncer::Ratio{1, 5}); }

INSTANTIATE_TEST_SUITE_P(Simulated, DatagramsContract, testing::Values(&datagrams));
INSTANTIATE_TEST_SUITE_P(Simulated, StreamsContract, testing::Values(&streams));
INSTANTIATE_TEST_SUITE_P(SimulatedLossy, StreamsContract, testing::Values(&lossy_streams));

}  // namespace
}  // namespace contract
