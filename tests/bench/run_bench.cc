// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>

#include "tests/bench/runs/fixed_run.h"

/// Events and simulated seconds per second of one core, of runs in their steady state: what boots is not measured. Real
/// logic, digest on, judged by every invariant unless its name says otherwise.
namespace bench {
namespace {

constexpr sim::check::JudgeOptions kJudged{true, true};
constexpr sim::check::JudgeOptions kUnjudged{false, false};

void steady(benchmark::State& state, const FixedRun& run, sim::check::JudgeOptions judging) {
  std::uint64_t seed = 0;
  double events = 0;
  double simulated = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto steady = std::make_unique<SteadyRun>(run, ++seed, judging);
    state.ResumeTiming();
    const SteadyRun::Measured measured = steady->play();
    events += static_cast<double>(measured.events);
    simulated += measured.simulated_seconds;
    state.PauseTiming();
    steady.reset();
    state.ResumeTiming();
  }
  state.counters["events"] = benchmark::Counter(events, benchmark::Counter::kIsRate);
  state.counters["simulated_seconds"] = benchmark::Counter(simulated, benchmark::Counter::kIsRate);
}

/// Time per seed of 30 s with two regions in churn, set-up included.
void two_regions(benchmark::State& state) {
  using namespace std::chrono_literals;
  const FixedRun run{"two-regions", 2, 1, "2/s", 0s, 30s};
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(SteadyRun(run, ++seed, kJudged).play().digest);
}

const bool kRegistered = [] {
  const auto add = [](const FixedRun& run, const std::string& suffix, sim::check::JudgeOptions judging) {
    const auto body = [&run, judging](benchmark::State& state) { steady(state, run, judging); };
    benchmark::RegisterBenchmark((std::string(run.name) + suffix).c_str(), body)->Unit(benchmark::kMillisecond);
  };
  for (const FixedRun& run : fixed_runs()) add(run, "/judged", kJudged);
  add(fixed_run("heavy-churn"), "/unjudged", kUnjudged);
  benchmark::RegisterBenchmark("two-regions-for-30s-from-boot/judged", two_regions)->Unit(benchmark::kMillisecond);
  return true;
}();

}  // namespace
}  // namespace bench
