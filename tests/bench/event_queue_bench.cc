// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <new>

#include "sim/engine/digest.h"
#include "sim/engine/event_queue.h"
#include "syncer/base/random.h"

namespace {

std::size_t allocations = 0;

}  // namespace

// The pair below is replaced as a whole; gcc sees only one half where it inlines the other.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace sim::engine {
namespace {

using syncer::Duration;

struct Payload {
  syncer::Bytes bytes;
};

/// As many timers and packets under way as the argument says; each event puts the next one in, with a payload of 200
/// bytes in a recycled slot. Reports the allocations per event once everything has its working size.
void SteadyState(benchmark::State& state) {
  EventQueue queue;
  Slab<Payload> slab;
  Digest digest;
  syncer::Random random(1);
  const std::string text(200, 'x');
  const auto put = [&] {
    const Handle handle = slab.acquire();
    slab.at(handle).bytes.assign(text);
    const Duration delay = random.between(Duration(0), std::chrono::milliseconds(50));
    queue.push(queue.now() + delay, {1, 2, handle});
  };
  const auto turn = [&] {
    const QueuedEvent event = queue.pop();
    digest.add(queue.now(), event.subject, event.kind, syncer::hash64(slab.at(event.payload).bytes));
    slab.release(event.payload);
    put();
  };
  for (std::int64_t i = 0; i < state.range(0); ++i) put();
  for (std::int64_t i = 0; i < 4 * state.range(0); ++i) turn();
  const std::size_t before = allocations;
  for (auto _ : state) turn();
  state.counters["allocations_per_event"] =
      static_cast<double>(allocations - before) / static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(SteadyState)->Arg(64)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace sim::engine
