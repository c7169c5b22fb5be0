// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/schedule.h"

#include <algorithm>
#include <utility>

#include "sim/scenario/run/actions.h"

namespace sim::scenario {

using host::World;
using syncer::Instant;

namespace {

/// When an event first fires, as far as its anchor tells without running; nothing for `when`.
const Moment* first_moment(const Event& event) {
  static const Moment kStart;
  const Anchor& a = event.anchor;
  if (a.when) return nullptr;
  if (a.at) return &*a.at;
  if (a.after) return &*a.after;
  return a.from ? &*a.from : &kStart;
}

bool needs_backup(const Scenario& scenario, const std::string& label) {
  return std::any_of(scenario.events.begin(), scenario.events.end(), [&](const Event& e) {
    const auto* loss = std::get_if<RegistryDataLoss>(&e.action);
    const auto* restore = std::get_if<RegistryRestore>(&e.action);
    return (loss != nullptr && loss->to == label) || (restore != nullptr && restore->to == label);
  });
}

}  // namespace

Schedule::Schedule(RunContext& run, std::uint64_t seed) : run_(run), random_(syncer::Random(seed).stream("schedule")) {}

void Schedule::arm() {
  arm_labels();
  arm_settle();
  for (const Workload& workload : run_.scenario.workloads) arm_workload(workload);
  for (const Event* event : ordered_events()) arm_event(*event);
  at({"end", {}}, [this](Instant) { reach("end", nullptr); });
}

/// Labels that hang on no `when` are known at once; a chain of n labels is known after n rounds.
void Schedule::arm_labels() {
  const Scenario& s = run_.scenario;
  Timeline& timeline = run_.timeline;
  timeline.set("end", Instant(s.duration));
  if (s.settle) timeline.set("settle", Instant(s.duration - s.settle->within - s.settle->quiet));
  for (bool more = true; more;) {
    more = false;
    const auto learn = [&](const std::string& label, const Moment* moment) {
      const auto when = moment == nullptr || timeline.at({label, {}}) ? std::nullopt : timeline.at(*moment);
      if (!when) return;
      timeline.set(label, std::max(*when, Instant{}));
      more = true;
    };
    for (const Event& event : s.events) learn(event.id, first_moment(event));
    for (const Workload& workload : s.workloads) learn(workload.id, &begin_of(workload));
  }
}

/// File order, or a random one: it only matters among events of one instant.
std::vector<const Event*> Schedule::ordered_events() const {
  std::vector<const Event*> events;
  for (const Event& event : run_.scenario.events) events.push_back(&event);
  syncer::Random ties = random_.stream("ties");
  if (run_.scenario.ties == Ties::Shuffle) ties.shuffle(events);
  return events;
}

void Schedule::at(const Moment& moment, std::function<void(Instant)> action) {
  const std::optional<Instant> when = run_.timeline.at(moment);
  if (!when) return waiting_.push_back({moment, std::move(action)});
  const Instant due = std::max(*when, run_.world.now());
  run_.world.at(due, [action = std::move(action), due](World&) { action(due); });
}

void Schedule::arm_event(const Event& event) {
  const Anchor& a = event.anchor;
  if (a.when) {
    return at(a.after.value_or(Moment{}), [this, &event](Instant since) { watch(event, since); });
  }
  if (a.every) {
    return at(a.from.value_or(Moment{}), [this, &event](Instant nominal) { repeat(event, nominal, 0); });
  }
  at(*first_moment(event), [this, &event](Instant) { fire(event, 0); });
}

void Schedule::repeat(const Event& event, Instant nominal, std::uint64_t ordinal) {
  const Anchor& a = event.anchor;
  const auto until = run_.timeline.at(a.until.value_or(Moment{"end", {}}));
  if (until && nominal >= *until) return;
  syncer::Random late = random_.stream("jitter").stream(event.id).stream(ordinal);
  const Instant when = nominal + late.between(Duration::zero(), a.jitter.value_or(Duration::zero()));
  run_.world.at(when, [this, &event, ordinal](World&) { fire(event, ordinal); });
  const Instant next = nominal + *a.every;
  run_.world.at(next, [this, &event, next, ordinal](World&) { repeat(event, next, ordinal + 1); });
}

void Schedule::watch(const Event& event, Instant since) {
  watched_.push_back({&event, since, since + *event.anchor.within});
}

void Schedule::look() {
  std::vector<Watched> rest;
  std::vector<const Event*> due;
  for (const Watched& w : watched_) {
    if (run_.checks.holds(*w.event->anchor.when, w.since)) {
      due.push_back(w.event);
    } else if (run_.world.now() > w.until) {
      missed_.push_back(w.event);
    } else {
      rest.push_back(w);
    }
  }
  watched_ = std::move(rest);
  for (const Event* event : due) fire(*event, 0);
}

void Schedule::arm_workload(const Workload& workload) {
  players_.push_back(std::make_unique<WorkloadPlayer>(run_, workload));
  at(begin_of(workload), [this, &workload, player = players_.back().get()](Instant) {
    reach(workload.id, nullptr);
    const Moment* end = end_of(workload);
    player->begin(end == nullptr ? syncer::kNever : run_.timeline.at(*end).value_or(syncer::kNever));
  });
}

void Schedule::fire(const Event& event, std::uint64_t ordinal) {
  reach(event.id, &event);
  perform(run_, event, random_.stream("event").stream(event.id).stream(ordinal));
}

void Schedule::reach(const std::string& label, const Event* event) {
  if (!run_.timeline.at({label, {}})) run_.timeline.set(label, run_.world.now());
  run_.checks.on_label(label, event);
  if (event != nullptr && needs_backup(run_.scenario, label)) {
    for (RegistryIndex r = 0; r < run_.world.registries(); ++r) {
      run_.world.registry(r).save(run_.world.now(), label);
    }
  }
  std::vector<Waiting> waiting = std::exchange(waiting_, {});
  for (Waiting& w : waiting) at(w.moment, std::move(w.action));
}

void Schedule::arm_settle() {
  if (run_.scenario.settle) at({"settle", {}}, [this](Instant) { settle(); });
}

void Schedule::settle() {
  reach("settle", nullptr);
  const Settle& settle = *run_.scenario.settle;
  Sites core = resolve(settle.core, run_.names, run_.captures, syncer::Random(0));
  const std::vector<NodeIndex> nodes = nodes_of(core);
  for (const NodeIndex n : nodes) {
    const auto& region = run_.names.regions()[run_.names.nodes()[n].region];
    core.push_back(fault::Site::registry(region.registry));
  }
  run_.faults.settle(core);
  for (NodeIndex n = 0; n < run_.world.nodes(); ++n) {
    const bool inside = std::find(nodes.begin(), nodes.end(), n) != nodes.end();
    if (inside && !run_.world.alive(n)) run_.world.restart(n);
    if (!inside && settle.outside_core == OutsideCore::Down) run_.world.crash(n);
  }
}

}  // namespace sim::scenario
