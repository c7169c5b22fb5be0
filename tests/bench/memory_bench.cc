// SPDX-License-Identifier: Apache-2.0
// Bytes that a syncer holds for what it knows, by an allocator that counts: what becomes free when its process ends in
// a simulated world, less what becomes free of one that knows nothing. One line for each kind of thing.
#include <chrono>
#include <cstdio>
#include <string>

#include "sim/host/world.h"
#include "syncer/node/node.h"
#include "tests/bench/runs/allocations.h"
#include "tests/support/node_spec.h"

namespace bench {
namespace {

using namespace std::chrono_literals;
using sim::host::World;

constexpr int kMost = 10'000;
constexpr int kAnswered = 240;  ///< seconds at most until everything is copied

struct Held {
  double east;  ///< by the syncer at whose registry the instances are
  double west;  ///< by the other one, which copies them
};

void add_region(World& world, const std::string& name, std::uint8_t number) {
  sim::host::RegistrySpec registry;
  registry.name = "sc-" + name;
  world.add_registry(registry);
  world.add_node(sim::host::node_spec(name, number, registry.name));
}

void fill(World& world, int instances, int services) {
  for (int i = 0; i < instances; ++i) {
    sim::host::AppInstance app;
    app.name = "instance-" + std::to_string(i);
    app.service = "service-" + std::to_string(i % services);
    app.endpoints = {"rest://10.1.0.7:" + std::to_string(1024 + i)};
    app.lease = 96h;  // leases of applications are not what is measured
    static_cast<void>(world.registry(0).register_instance(world.now(), app));
  }
}

/// What the end of a process gives back.
double freed_by(World& world, sim::host::NodeIndex node) {
  const std::size_t before = allocations().live_bytes;
  world.crash(node);
  return static_cast<double>(before) - static_cast<double>(allocations().live_bytes);
}

Held measure(int instances, int services) {
  World world(1);
  add_region(world, "east", 1);
  add_region(world, "west", 2);
  if (instances > 0) fill(world, instances, services);
  world.start(0);
  world.start(1);
  const auto copies = [&] { return static_cast<int>(world.node(1)->status(world.now()).registry.copies); };
  for (int i = 0; i < kAnswered && copies() < instances; ++i) world.run_until(world.now() + 1s);
  world.run_until(world.now() + 60s);
  if (copies() != instances) std::fprintf(stderr, "only %d of %d are copied\n", copies(), instances);
  const double west = freed_by(world, 1);
  return {freed_by(world, 0), west};
}

void tell(const char* what, double bytes) { std::printf("%-34s %7.0f bytes\n", what, bytes); }

void all() {
  const Held nothing = measure(0, 1);
  const Held few = measure(kMost, 10);
  const Held each = measure(kMost, kMost);
  tell("a syncer that knows nothing", nothing.west);
  tell("native instance", (few.east - nothing.east) / kMost);
  tell("copy", (few.west - nothing.west) / kMost);
  tell("service, where it is at home", (each.east - few.east) / kMost);
  tell("service, where it is copied", (each.west - few.west) / kMost);
}

}  // namespace
}  // namespace bench

int main() {
  bench::all();
  return 0;
}
