// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "sim/check/judge.h"
#include "sim/explore/chaos.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/run.h"

namespace sim {
namespace {

scenario::Scenario parsed(const std::string& text) {
  auto result = scenario::parse("bench", text, check::vocabulary());
  if (!result) throw std::runtime_error(scenario::to_string(result.error()));
  return *result;
}

/// 100 instances of 10 services, spread over all regions, that come and go at this rate.
struct Load {
  const char* rate;  ///< registrations, and as many removals; empty for none
  const char* duration;
};
constexpr Load kAtRest{"", "300s"};
constexpr Load kLightChurn{"6/m", "300s"};
constexpr Load kHeavyChurn{"2/s", "60s"};
constexpr Load kShort{"2/s", "30s"};

std::string workload(const Load& load) {
  const std::string population = R"("kind":"churn","from":"5s","population":100)";
  const std::string rate = load.rate;
  if (rate.empty()) return population;
  return population + R"(,"register":")" + rate + R"(","deregister":")" + rate + "\"";
}

/// So many regions with one syncer each, 50 ms and 1 % of loss between them.
scenario::Scenario regions(int count, const Load& load) {
  std::string places;
  std::string config;
  for (int i = 1; i <= count; ++i) {
    const std::string n = std::to_string(i);
    places += (i > 1 ? "," : "") + ("\"r" + n + "\":{\"registry\":\"sc" + n + "\",\"syncers\":[\"n" + n + "\"]}");
    if (i > 1) config += ",\"n" + n + "\":{\"join\":[\"n1\"]}";
  }
  return parsed(
      R"({"scenario":1,"name":"bench","duration":")" + std::string(load.duration) + R"(","topology":{"regions":{)" +
      places + R"(},"links":[{"from":"all","to":"all","latency":{"dist":"const","mean":"50ms"},"loss":"1%"}]},)" +
      R"("config":{"all":{"guard.minimum":1000})" + config + R"(},"workloads":[{"id":"load","registry":"all",)" +
      workload(load) + R"(}],"events":[{"id":"boot","at":"0s","do":"start","who":"all"}]})");
}

/// Events and simulated seconds per second of one core from boot to end: real logic, digest on.
void run(benchmark::State& state, const Load& load, check::JudgeOptions judging) {
  const scenario::Scenario scenario = regions(static_cast<int>(state.range(0)), load);
  std::uint64_t seed = 0;
  std::int64_t events = 0;
  for (auto _ : state) {
    const auto judge = check::make_judge(scenario, judging);
    events += static_cast<std::int64_t>(scenario::run(scenario, ++seed, *judge).events);
  }
  const double simulated = std::chrono::duration<double>(scenario.duration).count() * static_cast<double>(seed);
  state.counters["events"] = benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
  state.counters["simulated_seconds"] = benchmark::Counter(simulated, benchmark::Counter::kIsRate);
}

constexpr check::JudgeOptions kInvariants{true, true};
void AtRest(benchmark::State& state) { run(state, kAtRest, kInvariants); }
void LightChurn(benchmark::State& state) { run(state, kLightChurn, kInvariants); }
void HeavyChurn(benchmark::State& state) { run(state, kHeavyChurn, kInvariants); }
void HeavyChurnUnjudged(benchmark::State& state) { run(state, kHeavyChurn, {false, false}); }
BENCHMARK(AtRest)->Arg(6)->Unit(benchmark::kMillisecond);
BENCHMARK(LightChurn)->Arg(6)->Unit(benchmark::kMillisecond);
BENCHMARK(HeavyChurn)->Arg(2)->Arg(6)->Unit(benchmark::kMillisecond);
BENCHMARK(HeavyChurnUnjudged)->Arg(6)->Unit(benchmark::kMillisecond);

/// Time per seed of the 30-s two-region scenario, set-up included.
void TwoRegionsFor30Seconds(benchmark::State& state) {
  const scenario::Scenario scenario = regions(2, kShort);
  std::uint64_t seed = 0;
  for (auto _ : state) {
    const auto judge = check::make_judge(scenario);
    benchmark::DoNotOptimize(scenario::run(scenario, ++seed, *judge).digest);
  }
}
BENCHMARK(TwoRegionsFor30Seconds)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sim
