// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "sim/host/world.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;
using syncer::Endpoint;

/// One region whose registry holds so many instances of a thousand services, read and exported.
void fill(World& world, std::int64_t instances) {
  RegistrySpec registry;
  registry.name = "sc";
  world.add_registry(registry);
  NodeSpec spec;
  spec.name = spec.config.node = spec.config.region = "one";
  spec.config.gossip_address = Endpoint::v4(10, 0, 0, 1, 30190);
  spec.config.rpc_address = Endpoint::v4(10, 0, 0, 1, 30191);
  spec.config.registry.addresses = {"http://sc:30100"};
  const NodeIndex node = world.add_node(std::move(spec));
  for (std::int64_t i = 0; i < instances; ++i) {
    AppInstance app;
    app.name = "instance-" + std::to_string(i);
    app.service = "service-" + std::to_string(i % 1000);
    app.endpoints = {"rest://10.1.0.7:" + std::to_string(i)};
    app.lease = 96h;  // leases are not what is measured
    static_cast<void>(world.registry(0).register_instance(world.now(), app));
  }
  world.start(node);
  world.run_until(syncer::Instant{} + 30s);
}

/// One simulated second (one poll) in which nothing changed.
void PollUnchanged(benchmark::State& state) {
  World world(1);
  fill(world, state.range(0));
  for (auto _ : state) world.run_until(world.now() + 1s);
}
BENCHMARK(PollUnchanged)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

/// One simulated second in which one instance changed a property.
void PollWithOneChange(benchmark::State& state) {
  World world(1);
  fill(world, state.range(0));
  int n = 0;
  for (auto _ : state) {
    static_cast<void>(world.registry(0).set_properties(world.now(), "instance-7", {{"n", std::to_string(++n)}}));
    world.run_until(world.now() + 1s);
  }
}
BENCHMARK(PollWithOneChange)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sim::host
