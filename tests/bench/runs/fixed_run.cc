// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/runs/fixed_run.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <string>

#include "sim/host/world.h"
#include "sim/scenario/language/parse.h"
#include "sim/scenario/run/player.h"

namespace bench {
namespace {

using namespace std::chrono_literals;

constexpr std::array kRuns = {
    FixedRun{"at-rest", 6, 1, "", 60s, 120s},       FixedRun{"light-churn", 6, 1, "6/m", 60s, 120s},
    FixedRun{"heavy-churn", 6, 1, "2/s", 60s, 60s}, FixedRun{"cluster", 7, 3, "", 60s, 60s},
    FixedRun{"many-regions", 100, 1, "", 30s, 5s},
};

std::string workload(const FixedRun& run) {
  const std::string population = R"("kind":"churn","from":"5s","population":100)";
  const std::string rate(run.churn);
  if (rate.empty()) return population;
  return population + R"(,"register":")" + rate + R"(","deregister":")" + rate + "\"";
}

std::string syncers_of(int region, int syncers) {
  std::string names;
  for (int i = 1; i <= syncers; ++i) {
    names += (i > 1 ? ",\"" : "\"") + std::string("n") + std::to_string(region) + "-" + std::to_string(i) + "\"";
  }
  return "[" + names + "]";
}

std::string scenario_text(const FixedRun& run) {
  std::string regions;
  for (int i = 1; i <= run.regions; ++i) {
    const std::string n = std::to_string(i);
    const std::string mode = run.syncers > 1 ? R"(,"mode":"cluster")" : "";
    regions += (i > 1 ? "," : "") + ("\"r" + n + "\":{\"registry\":\"sc" + n + "\",\"syncers\":") +
               syncers_of(i, run.syncers) + mode + "}";
  }
  const auto duration = std::chrono::duration_cast<std::chrono::seconds>(run.warm + run.length).count();
  return R"({"scenario":1,"name":"bench","duration":")" + std::to_string(duration) + R"(s","topology":{"regions":{)" +
         regions + R"(},"links":[{"from":"all","to":"all","latency":{"dist":"const","mean":"50ms"},"loss":"1%"},)" +
         R"({"within":"any-region","latency":{"dist":"uniform","min":"100us","max":"1ms"}}]},)" +
         R"("config":{"all":{"guard.minimum":1000,"join":["n1-1"]}},"workloads":[{"id":"load","registry":"all",)" +
         workload(run) + R"(}],"events":[{"id":"boot","at":"0s","do":"start","who":"all"}]})";
}

sim::scenario::Scenario scenario_of(const FixedRun& run) {
  auto result = sim::scenario::parse("bench", scenario_text(run), sim::check::vocabulary());
  if (!result) throw std::runtime_error(sim::scenario::to_string(result.error()));
  return *result;
}

}  // namespace

std::span<const FixedRun> fixed_runs() { return kRuns; }

const FixedRun& fixed_run(std::string_view name) {
  const auto found = std::find_if(kRuns.begin(), kRuns.end(), [&](const FixedRun& run) { return run.name == name; });
  if (found == kRuns.end()) throw std::runtime_error("there is no run \"" + std::string(name) + "\"");
  return *found;
}

struct SteadyRun::State {
  State(const FixedRun& fixed, std::uint64_t seed, sim::check::JudgeOptions judging)
      : scenario(scenario_of(fixed)),
        judge(sim::check::make_judge(scenario, judging)),
        player(scenario, seed, *judge) {}

  sim::scenario::Scenario scenario;
  std::unique_ptr<sim::scenario::Checks> judge;
  sim::scenario::Player player;
};

SteadyRun::SteadyRun(const FixedRun& run, std::uint64_t seed, sim::check::JudgeOptions judging)
    : state_(std::make_unique<State>(run, seed, judging)) {
  while (state_->player.world().now() < syncer::Instant(run.warm) && state_->player.step()) {
  }
}

SteadyRun::~SteadyRun() = default;

SteadyRun::Measured SteadyRun::play() {
  const std::uint64_t before = state_->player.world().events();
  const syncer::Instant began = state_->player.world().now();
  const sim::scenario::RunResult result = state_->player.play();
  if (!result.findings.violations.empty()) {
    throw std::runtime_error("the judge found \"" + result.findings.violations.front().id + "\"");
  }
  return {result.events - before, std::chrono::duration<double>(syncer::Instant(result.simulated) - began).count(),
          result.digest};
}

}  // namespace bench
