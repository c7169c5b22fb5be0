// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include "syncer/replication/own_log.h"
#include "syncer/replication/set_hash.h"

namespace syncer::replication {
namespace {

void SetHashChange(benchmark::State& state) {
  SetHash hash;
  const Bytes key = "default/default/shop/cart/1.0.0/0123456789abcdef";
  std::uint64_t payload = 0;
  for (auto _ : state) {
    hash.remove(key, payload);
    hash.add(key, ++payload);
  }
  benchmark::DoNotOptimize(hash.total());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(SetHashChange);

std::vector<std::pair<Bytes, Bytes>> instances(std::size_t n) {
  std::vector<std::pair<Bytes, Bytes>> set;
  for (std::size_t i = 0; i < n; ++i) set.emplace_back("service/instance-" + std::to_string(i), Bytes(300, 'p'));
  return set;
}

void SnapshotOf(benchmark::State& state) {
  OwnLog log{Limits{}};
  Outputs out;
  log.open({1, 1}, instances(static_cast<std::size_t>(state.range(0))), out);
  for (auto _ : state) benchmark::DoNotOptimize(log.snapshot());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(SnapshotOf)->Arg(10'000);

void OpenEpochWith(benchmark::State& state) {
  const auto set = instances(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    OwnLog log{Limits{}};
    Outputs out;
    log.open({1, 1}, set, out);
    benchmark::DoNotOptimize(log.head());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(OpenEpochWith)->Arg(10'000);

}  // namespace
}  // namespace syncer::replication
