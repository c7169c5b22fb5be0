// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "tests/study/pool.h"

namespace syncer {
namespace {

/// One second of a pool in virtual time, with one update to tell; "simulated" is seconds per second.
void SecondOfAPool(benchmark::State& state) {
  study::Pool pool(static_cast<std::size_t>(state.range(0)), membership::lan_profile(), {}, 1);
  pool.acquaint();
  std::size_t news = 0;
  for (auto _ : state) {
    pool.update_meta(news % pool.size(), std::to_string(news));
    ++news;
    pool.run_for(std::chrono::seconds(1));
  }
  state.counters["simulated"] = benchmark::Counter(static_cast<double>(news), benchmark::Counter::kIsRate);
}
BENCHMARK(SecondOfAPool)->Arg(10)->Arg(200)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace syncer
