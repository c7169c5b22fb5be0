// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>

#include <string>

#include "syncer/json/document.h"

namespace syncer::json {
namespace {

/// An instance as a service center tells it; `weight` is one of its properties.
std::string instance_with(const std::string& weight) {
  return R"({"instanceId":"4f1c2a7b9d3e11ee8c2f0242ac110002","serviceId":"8c2f0242ac1100024f1c2a7b9d3e11ee",)"
         R"("endpoints":["rest://10.1.0.7:8080?sslEnabled=false\u0026urlPrefix=%2Fcart"],"hostName":"cart-7",)"
         R"("status":"UP","properties":{"syncer.epoch":"1.1","syncer.instance":"cart-7","syncer.region":"east",)"
         R"("weight":")" +
         weight +
         R"("},"healthCheck":{"mode":"push","interval":30,"times":3},"timestamp":"1700000000",)"
         R"("modTimestamp":"1700000000","version":"1.0.0"})";
}

void read(benchmark::State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(Document::parse(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void ReadInstance(benchmark::State& state) { read(state, instance_with("5")); }
BENCHMARK(ReadInstance);
/// Not ASCII: left to the reference parser.
void ReadInstanceOfTheReferenceParser(benchmark::State& state) { read(state, instance_with("fünf")); }
BENCHMARK(ReadInstanceOfTheReferenceParser);

}  // namespace
}  // namespace syncer::json
