// SPDX-License-Identifier: Apache-2.0
#include "tests/property/scenario/storm.h"

#include <string>

namespace sim::storm {
namespace {

using namespace std::chrono_literals;
using scenario::Action;
using scenario::Moment;
using scenario::Selector;
using syncer::Duration;
using syncer::Ratio;

std::string region(int r) { return "r" + std::to_string(r + 1); }
std::string node(int r) { return "n" + std::to_string(r + 1); }
std::string registry(int r) { return "sc-" + std::to_string(r + 1); }

scenario::Event event(std::string id, Duration at, Action action) {
  scenario::Event e;
  e.id = std::move(id);
  e.anchor.at = Moment{"", at};
  e.action = std::move(action);
  return e;
}

Action cut(int r, bool out, bool in, scenario::BlockMode mode, Duration lasts) {
  scenario::Partition p;
  p.from = Selector{"region:" + region(r)};
  p.to = Selector{"not(region:" + region(r) + ")"};
  if (!out) std::swap(p.from, p.to);
  p.both = out && in;
  p.mode = mode;
  p.for_ = lasts;
  return p;
}

Action sick_registry(int r, bool applied, Duration lasts) {
  scenario::RegistryFail fail{registry(r), Ratio{1, 2}, {}, {}, lasts};
  scenario::FailKind kind;
  if (applied)
    kind.reset_after_apply = true;
  else
    kind.status = 503;
  fail.with.push_back(kind);
  return fail;
}

Action action_of(const Fault& fault, int regions) {
  const int r = fault.target % regions;
  const Duration lasts = std::chrono::seconds(fault.lasts);
  const Selector who{node(r)};
  const std::string where = registry(r);
  switch (fault.kind) {
    case 0:
      return scenario::Pause{who, lasts};
    case 1:
      return scenario::Bounce{who, lasts, scenario::DiskFate::LoseUnsynced};
    case 2:
      return scenario::Bounce{who, lasts, scenario::DiskFate::Wipe};
    case 3:
      return cut(r, true, true, scenario::BlockMode::Drop, lasts);
    case 4:
      return cut(r, true, false, scenario::BlockMode::Drop, lasts);
    case 5:
      return cut(r, false, true, scenario::BlockMode::Jam, lasts);
    case 6:
      return scenario::RegistryOutage{where, scenario::OutageMode::Refuse, lasts};
    case 7:
      return scenario::RegistryOutage{where, scenario::OutageMode::Hang, lasts};
    case 8:
      return sick_registry(r, false, lasts);
    case 9:
      return sick_registry(r, true, lasts);
    case 10:
      return scenario::RegistryListEmpty{where, lasts};
    case 11:
      return scenario::RegistryListPartial{where, Ratio{1, 3}, lasts};
    case 12:
      return scenario::RegistryStaleRead{where, 3s, lasts};
    default:
      return scenario::Reset{who, Selector{node((r + 1) % regions)}};
  }
}

void add_regions(scenario::Scenario& s, const Storm& storm) {
  for (int r = 0; r < storm.regions; ++r) {
    scenario::Region& added = s.topology.regions.emplace_back();
    added.name = region(r);
    added.registry = registry(r);
    added.syncers = {node(r)};
    s.topology.registries.emplace_back().name = registry(r);
    if (r > 0) s.config.push_back({{}, Selector{node(r)}, {{{"join", node(0)}}}});
  }
  scenario::LinkRule wan;
  wan.from = wan.to = Selector{"all"};
  wan.quality.latency = scenario::Delay{fault::Shape::Exp, Duration(10ms), {}, Duration(40ms), {}, {}, {}};
  wan.quality.loss = Ratio{1, 50};
  s.topology.links.push_back(wan);
}

void add_workload(scenario::Scenario& s, const Storm& storm) {
  scenario::Workload work;
  work.id = "apps";
  work.registry = "all";
  if (storm.churn) {
    scenario::Churn churn{Moment{"", 5s}, Moment{"", 80s}, storm.population, 3, {}, {}, {}};
    churn.register_ = scenario::Rate{Duration(2s)};
    churn.deregister = scenario::Rate{Duration(2s)};
    work.kind = churn;
  } else {
    work.kind = scenario::Steady{Moment{"", 0s}, 2, storm.population};
  }
  s.workloads.push_back(std::move(work));
  scenario::Workload always;
  always.id = "always";
  always.registry = "all";
  always.kind = scenario::Steady{Moment{"", 0s}, 1, 2};
  s.workloads.push_back(std::move(always));
}

}  // namespace

scenario::Scenario to_scenario(const Storm& storm) {
  scenario::Scenario s;
  s.file = "generated";
  s.name = "generated";
  s.duration = 250s;
  add_regions(s, storm);
  add_workload(s, storm);
  s.events.push_back(event("boot", 0s, scenario::Start{Selector{"all"}, 2s}));
  int n = 0;
  for (const Fault& fault : storm.faults) {
    s.events.push_back(
        event("f" + std::to_string(++n), std::chrono::seconds(20 + fault.at), action_of(fault, storm.regions)));
  }
  s.settle = scenario::Settle{{}, Selector{"all"}, Duration(150s), Duration(5s), {}, {}};
  scenario::Expectation equal;
  equal.id = "equal";
  equal.form = scenario::Converged{Selector{"all"}, Moment{"settle", {}}, Duration(150s)};
  s.expect.push_back(equal);
  return s;
}

}  // namespace sim::storm
