// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <chrono>
#include <string>

#include "sim/host/world.h"
#include "syncer/admin/metrics.h"
#include "syncer/admin/status_json.h"
#include "syncer/node/node.h"
#include "tests/support/node_spec.h"

/// What an operator's question and a scrape cost the loop of a syncer with many copies.
namespace sim::host {
namespace {

using namespace std::chrono_literals;

/// East has so many instances of a thousand services, west their copies.
class Copies {
 public:
  explicit Copies(std::int64_t count) {
    for (const char* name : {"sc-east", "sc-west"}) {
      RegistrySpec registry;
      registry.name = name;
      world_.add_registry(registry);
    }
    world_.add_node(node_spec("east", 1, "sc-east"));
    world_.add_node(node_spec("west", 2, "sc-west"));
    for (std::int64_t i = 0; i < count; ++i) {
      AppInstance app;
      app.name = "instance-" + std::to_string(i);
      app.service = "service-" + std::to_string(i % 1000);
      app.endpoints = {"rest://10.1.0.7:" + std::to_string(i)};
      app.lease = 96h;  // leases are not what is measured
      static_cast<void>(world_.registry(0).register_instance(world_.now(), app));
    }
    world_.at(syncer::Instant{}, [](World& w) { w.start(0), w.start(1); });
    for (int i = 0; i < 120; ++i) {
      world_.run_until(world_.now() + 1s);
      if (static_cast<std::int64_t>(status().registry.copies) == count) break;
    }
  }
  syncer::node::Status status() const { return world_.node(1)->status(world_.now()); }

 private:
  World world_{1};
};

void Status(benchmark::State& state) {
  const Copies copies(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(copies.status());
  state.counters["copies"] = static_cast<double>(copies.status().registry.copies);
}
BENCHMARK(Status)->Arg(1'000)->Arg(50'000)->Unit(benchmark::kMicrosecond);

void StatusAsJson(benchmark::State& state) {
  const Copies copies(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(syncer::admin::to_json(copies.status()));
}
BENCHMARK(StatusAsJson)->Arg(50'000)->Unit(benchmark::kMicrosecond);

/// All that a scrape does.
void Scrape(benchmark::State& state) {
  const Copies copies(state.range(0));
  syncer::admin::Measures measures;
  measures.set_regions({{"east", true}});
  for (auto _ : state) {
    const syncer::admin::MetricsContext context{"1.0", "abc", 1s, &measures, syncer::admin::read_process_figures(), 0};
    benchmark::DoNotOptimize(syncer::admin::metrics_text(copies.status(), syncer::admin::EventCounts{}, context));
  }
}
BENCHMARK(Scrape)->Arg(50'000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sim::host
