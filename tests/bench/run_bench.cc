// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <stdexcept>
#include <string>

#include "sim/check/judge.h"
#include "sim/explore/chaos.h"
#include "sim/scenario/parse.h"
#include "sim/scenario/run.h"

namespace sim {
namespace {

scenario::Scenario parsed(const std::string& text) {
  auto result = scenario::parse("bench", text, check::vocabulary());
  if (!result) throw std::runtime_error(scenario::to_string(result.error()));
  return *result;
}

/// So many regions, 100 instances and churn in all of them, for so long.
scenario::Scenario regions(int count, const std::string& duration) {
  std::string places;
  std::string config;
  for (int i = 1; i <= count; ++i) {
    const std::string n = std::to_string(i);
    places += (i > 1 ? "," : "") + ("\"r" + n + "\":{\"service_center\":\"sc" + n + "\",\"syncers\":[\"n" + n + "\"]}");
    if (i > 1) config += ",\"n" + n + "\":{\"join\":[\"n1\"]}";
  }
  return parsed(R"({"scenario":1,"name":"bench","duration":")" + duration + R"(","topology":{"regions":{)" + places +
                R"(},"links":[{"from":"all","to":"all","latency":{"dist":"const","mean":"50ms"},"loss":"1%"}]},)" +
                R"("config":{"all":{"guard.minimum":1000})" + config +
                R"(},"workloads":[{"id":"churn","kind":"churn",)" +
                R"("service_center":"all","from":"5s","population":100,"register":"2/s","deregister":"2/s"}],)" +
                R"("events":[{"id":"boot","at":"0s","do":"start","who":"all"}]})");
}

/// Events and simulated seconds per second of one core, real logic, digest on.
void Run(benchmark::State& state, check::JudgeOptions judging) {
  const scenario::Scenario scenario = regions(static_cast<int>(state.range(0)), "60s");
  std::uint64_t seed = 0;
  std::int64_t events = 0;
  for (auto _ : state) {
    const auto judge = check::make_judge(scenario, judging);
    events += static_cast<std::int64_t>(scenario::run(scenario, ++seed, *judge).events);
  }
  state.SetItemsProcessed(events);
  state.counters["simulated_seconds"] =
      benchmark::Counter(60.0 * static_cast<double>(seed), benchmark::Counter::kIsRate);
}
void RunWithInvariants(benchmark::State& state) { Run(state, {true, true}); }
void RunWithout(benchmark::State& state) { Run(state, {false, false}); }
BENCHMARK(RunWithInvariants)->Arg(2)->Arg(6)->Unit(benchmark::kMillisecond);
BENCHMARK(RunWithout)->Arg(2)->Arg(6)->Unit(benchmark::kMillisecond);

/// Time per seed of the 30-s two-region scenario, set-up included.
void TwoRegionsFor30Seconds(benchmark::State& state) {
  const scenario::Scenario scenario = regions(2, "30s");
  std::uint64_t seed = 0;
  for (auto _ : state) {
    const auto judge = check::make_judge(scenario);
    benchmark::DoNotOptimize(scenario::run(scenario, ++seed, *judge).digest);
  }
}
BENCHMARK(TwoRegionsFor30Seconds)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sim
