// SPDX-License-Identifier: Apache-2.0
#include <map>

#include "tests/contract/sim/sim_world.h"

namespace contract {
namespace {

class Counter final : public sim::host::Probe {
 public:
  void on_node_event(sim::host::NodeIndex, const syncer::Event& event) override { ++taken_[event.kind]; }
  std::uint64_t taken(syncer::EventKind kind) const {
    const auto found = taken_.find(kind);
    return found == taken_.end() ? 0 : found->second;
  }

 private:
  std::map<syncer::EventKind, std::uint64_t> taken_;
};

class SimObserver final : public SimWorld<ObserverHarness> {
 public:
  SimObserver() : SimWorld(1) {
    add_machine(true);
    fabric_.kernel.probes.add(counter_);
  }
  syncer::Observer& observer() override { return ports(0); }
  std::uint64_t taken(syncer::EventKind kind) override { return counter_.taken(kind); }

 private:
  Counter counter_;
};

INSTANTIATE_TEST_SUITE_P(Simulated, ObserverContract, testing::Values([]() -> std::unique_ptr<ObserverHarness> {
                           return std::make_unique<SimObserver>();
                         }));

}  // namespace
}  // namespace contract
