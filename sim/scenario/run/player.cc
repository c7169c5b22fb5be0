// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/player.h"

#include <algorithm>

#include "sim/host/world.h"
#include "sim/scenario/run/build_world.h"
#include "sim/scenario/run/run_context.h"
#include "sim/scenario/run/schedule.h"
#include "syncer/base/assert.h"

namespace sim::scenario {

using syncer::Instant;

namespace {
/// How often the limits of a run are looked at.
constexpr Duration kStep = std::chrono::seconds(1);
/// So many points tell the way to the end of a run.
constexpr std::size_t kLatest = 4;
}  // namespace

struct Player::Run {
  Run(const Scenario& s, std::uint64_t seed, Checks& checks, const RunOptions& o)
      : scenario(s),
        options(o),
        names(s.topology),
        world(seed),
        context(s, names, world, checks),
        schedule(context, seed) {
    result.seed = seed;
    build_world(scenario, names, world);
    world.add_probe(checks);
    if (options.probe != nullptr) world.add_probe(*options.probe);
    world.record().capture(options.capture);
    schedule.arm();
    checks.begin({scenario, names, world, context.timeline, context.captures, context.faults, seed});
    if (options.outside != nullptr) {
      world.set_outside(*options.outside);
      options.outside->begin(world);
    }
  }

  Instant end() const { return Instant(scenario.duration); }

  /// False when the run was given up.
  bool run_to_end() {
    while (world.now() < end()) {
      if (schedule.watching()) {
        if (!world.step() || world.now() >= end()) break;
        schedule.look();
      } else {
        world.run_until(std::min(end(), world.now() + kStep));
      }
      if (options.max_events != 0 && world.events() > options.max_events) return false;
      if (options.stop_when_decided && context.checks.decided()) return true;
    }
    return true;
  }

  /// Takes the same turns as run_to_end.
  bool step() {
    while (!over) {
      if (in_stretch) {
        if (world.step_until(stretch)) return true;
        in_stretch = false;
      } else if (world.now() >= end()) {
        over = true;
      } else if (schedule.watching()) {
        const bool happened = world.step();
        over = !happened || world.now() >= end();
        if (!over) schedule.look();
        return happened;
      } else {
        stretch = std::min(end(), world.now() + kStep);
        in_stretch = true;
      }
    }
    return false;
  }

  RunResult conclude(bool whole) {
    Findings& findings = result.findings = context.checks.finish();
    if (!whole) findings.undecided.push_back("gave up after " + std::to_string(world.events()) + " events");
    for (const Event* event : schedule.missed()) findings.violations.push_back(not_reached(*event));
    const auto add = [&](const std::vector<std::string>& more) {
      findings.undecided.insert(findings.undecided.end(), more.begin(), more.end());
    };
    add(context.problems);
    add(context.applications.problems());
    result.verdict = !findings.violations.empty()  ? Verdict::Violated
                     : !findings.undecided.empty() ? Verdict::Undecided
                                                   : Verdict::Ok;
    result.digest = world.digest();
    result.events = world.events();
    result.simulated = world.now().time_since_epoch();
    if (options.record != nullptr) *options.record = world.record();
    if (options.coverage != nullptr) {
      result.reached = options.coverage->reached();
      result.latest = options.coverage->latest(kLatest);
    }
    return std::move(result);
  }

  Violation not_reached(const Event& event) const {
    return {event.id,
            event.place,
            world.now(),
            world.events(),
            {"not reached: its \"when\" did not come true within " + syncer::to_string(*event.anchor.within)}};
  }

  const Scenario& scenario;
  const RunOptions options;
  Names names;
  host::World world;
  RunContext context;
  Schedule schedule;
  RunResult result;
  // Of step():
  bool over = false;
  bool in_stretch = false;
  Instant stretch{};
};

Player::Player(const Scenario& scenario, std::uint64_t seed, Checks& checks, const RunOptions& options) {
  SYNCER_ASSERT(scenario.chaos.empty());
  const engine::Listening on(options.coverage);
  run_ = std::make_unique<Run>(scenario, seed, checks, options);
}

Player::~Player() = default;

bool Player::step() {
  const engine::Listening on(run_->options.coverage);
  return run_->step();
}

RunResult Player::play() {
  const engine::Listening on(run_->options.coverage);
  return run_->conclude(run_->run_to_end());
}

RunResult Player::finish() {
  const engine::Listening on(run_->options.coverage);
  return run_->conclude(true);
}

const host::World& Player::world() const { return run_->world; }

}  // namespace sim::scenario
