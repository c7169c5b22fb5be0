// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/run.h"

#include <algorithm>

#include "sim/host/world.h"
#include "sim/scenario/run/build_world.h"
#include "sim/scenario/run/run_context.h"
#include "sim/scenario/run/schedule.h"
#include "syncer/base/assert.h"

namespace sim::scenario {
namespace {

using syncer::Instant;

/// How often the limits of a run are looked at.
constexpr Duration kStep = std::chrono::seconds(1);

class Run {
 public:
  Run(const Scenario& scenario, std::uint64_t seed, Checks& checks, const RunOptions& options)
      : scenario_(scenario),
        options_(options),
        names_(scenario.topology),
        world_(seed),
        context_(scenario, names_, world_, checks),
        schedule_(context_, seed) {
    result_.seed = seed;
  }

  RunResult play() {
    build_world(scenario_, names_, world_);
    world_.add_probe(context_.checks);
    if (options_.probe != nullptr) world_.add_probe(*options_.probe);
    world_.record().capture(options_.capture);
    schedule_.arm();
    context_.checks.begin(
        {scenario_, names_, world_, context_.timeline, context_.captures, context_.faults, result_.seed});
    const bool whole = run_to(Instant(scenario_.duration));
    conclude(whole);
    return std::move(result_);
  }

 private:
  /// False when the run was given up.
  bool run_to(Instant end) {
    while (world_.now() < end) {
      if (schedule_.watching()) {
        if (!world_.step() || world_.now() >= end) break;
        schedule_.look();
      } else {
        world_.run_until(std::min(end, world_.now() + kStep));
      }
      if (options_.max_events != 0 && world_.events() > options_.max_events) return false;
      if (options_.stop_when_decided && context_.checks.decided()) return true;
    }
    return true;
  }

  void conclude(bool whole) {
    Findings& findings = result_.findings = context_.checks.finish();
    if (!whole) findings.undecided.push_back("gave up after " + std::to_string(world_.events()) + " events");
    for (const Event* event : schedule_.missed()) findings.violations.push_back(not_reached(*event));
    const auto add = [&](const std::vector<std::string>& more) {
      findings.undecided.insert(findings.undecided.end(), more.begin(), more.end());
    };
    add(context_.problems);
    add(context_.applications.problems());
    result_.verdict = !findings.violations.empty()  ? Verdict::Violated
                      : !findings.undecided.empty() ? Verdict::Undecided
                                                    : Verdict::Ok;
    result_.digest = world_.digest();
    result_.events = world_.events();
    result_.simulated = world_.now().time_since_epoch();
    if (options_.record != nullptr) *options_.record = world_.record();
  }

  Violation not_reached(const Event& event) const {
    return {event.id,
            event.place,
            world_.now(),
            world_.events(),
            {"not reached: its \"when\" did not come true within " + syncer::to_string(*event.anchor.within)}};
  }

  const Scenario& scenario_;
  const RunOptions& options_;
  Names names_;
  host::World world_;
  RunContext context_;
  Schedule schedule_;
  RunResult result_;
};

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Ok:
      return "ok";
    case Verdict::Violated:
      return "violated";
    case Verdict::Undecided:
      return "undecided";
  }
  return "?";
}

RunResult run(const Scenario& scenario, std::uint64_t seed, Checks& checks, const RunOptions& options) {
  SYNCER_ASSERT(scenario.chaos.empty());
  return Run(scenario, seed, checks, options).play();
}

}  // namespace sim::scenario
