// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "sim/host/world.h"
#include "tests/support/node_spec.h"

namespace sim::host {
namespace {

using namespace std::chrono_literals;

void add_region(World& world, std::uint8_t number) {
  const std::string name = "region-" + std::to_string(number);
  RegistrySpec registry;
  registry.name = "sc-" + name;
  world.add_registry(registry);
  world.start(world.add_node(node_spec(name, number, registry.name)));
}

void fill(World& world, int instances) {
  for (int i = 0; i < instances; ++i) {
    AppInstance app;
    app.name = "cart-" + std::to_string(i);
    app.service = "cart-" + std::to_string(i % 5);
    app.endpoints = {"rest://10.1.0.7:" + std::to_string(8000 + i)};
    static_cast<void>(world.registry(0).register_instance(world.now(), app));
  }
}

/// Regions with one syncer each and a hundred instances in the first; events and simulated seconds per second.
void Regions(benchmark::State& state) {
  World world(1);
  for (std::int64_t i = 1; i <= state.range(0); ++i) add_region(world, static_cast<std::uint8_t>(i));
  fill(world, 100);
  world.run_until(syncer::Instant{} + 30s);
  const std::uint64_t before = world.events();
  std::int64_t seconds = 0;
  for (auto _ : state) {
    world.run_until(world.now() + 10s);
    seconds += 10;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(world.events() - before));
  state.counters["simulated_seconds"] = benchmark::Counter(static_cast<double>(seconds), benchmark::Counter::kIsRate);
}
BENCHMARK(Regions)->Arg(2)->Arg(6)->Arg(20);

}  // namespace
}  // namespace sim::host
