// SPDX-License-Identifier: Apache-2.0
#include "tests/property/scenario/day.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

namespace sim::day {
namespace {

using namespace std::chrono_literals;
using scenario::Action;
using scenario::Moment;
using scenario::Predicate;
using scenario::Selector;
using scenario::Word;
using syncer::Duration;
using syncer::Ratio;

constexpr const char* kEast = "sc-e";
constexpr const char* kWest = "sc-w";
constexpr Duration kLease = 40s;
/// Of an ordinary day: what goes before its lease can have ended was removed on purpose. Later nothing tells an
/// undeploy of most of a region from a cut between applications and registry.
constexpr Duration kLongLease = 300s;
constexpr Duration kQuiet = 40s;  ///< the day begins after that
constexpr Duration kBackup = 38s;
/// The second loss comes when all that the first took are back.
constexpr Duration kBetweenLosses = 36s;
constexpr Duration kEvening = 180s;
constexpr Duration kShortLease = 20s;
constexpr int kCrash = kWorks - 1;
constexpr int kMostCrashes = 3;

Moment at(Duration when) { return Moment{"", when}; }
Duration seconds(std::uint64_t n) { return std::chrono::seconds(n); }

void add_event(scenario::Scenario& s, const std::string& id, Duration when, Action action) {
  scenario::Event& e = s.events.emplace_back();
  e.id = id;
  e.anchor.at = at(when);
  e.action = std::move(action);
}

template <class Kind>
void add_workload(scenario::Scenario& s, const std::string& id, Kind kind) {
  scenario::Workload& w = s.workloads.emplace_back();
  w.id = id;
  w.registry = kEast;
  w.kind = std::move(kind);
}

template <class Form>
void demand(scenario::Scenario& s, const std::string& id, Form form) {
  scenario::Expectation& e = s.expect.emplace_back();
  e.id = id;
  e.form = std::move(form);
}

Predicate predicate(Word word, const std::string& subject) {
  Predicate p;
  p.word = word;
  p.subject = Selector{subject};
  return p;
}

void add_regions(scenario::Scenario& s, const Day& day) {
  s.topology.regions = {{{}, "east", kEast, {"e1"}, {}, {}, {}}, {{}, "west", kWest, {"w1"}, {}, {}, {}}};
  s.topology.registries.resize(2);
  scenario::Registry& east = s.topology.registries[0];
  east.name = kEast;
  east.ttl = day.losses.empty() ? kLongLease : kLease;
  east.returning = {day.new_ids ? scenario::ReturnIds::New : scenario::ReturnIds::Same, seconds(day.within)};
  s.topology.registries[1].name = kWest;
  s.config.push_back({{}, Selector{"w1"}, {{{"join", "e1"}}}});
  scenario::LinkRule wan;
  wan.from = wan.to = Selector{"all"};
  wan.quality.latency = scenario::Delay{fault::Shape::Const, {}, {}, Duration(50ms), {}, {}, {}};
  const std::uint64_t common = std::gcd(day.lost_packets, std::uint64_t{100});
  if (day.lost_packets > 0) wan.quality.loss = Ratio{day.lost_packets / common, 100 / common};
  s.topology.links.push_back(wan);
}

void deploy(scenario::Scenario& s, const std::string& id, Duration when, std::uint64_t batch, Duration overlap) {
  add_workload(s, id + "-new", scenario::RollingDeploy{at(when), id + "/svc-1", batch, 3s, overlap, "2.0.0"});
}

/// The one instance of a service dies, and its short lease ends.
void add_crash(scenario::Scenario& s, const std::string& id, Duration when) {
  scenario::RegistryRegister one;
  one.registry = kEast;
  one.service.name = id;
  one.instance = id + "/svc-1/1";
  one.endpoints = {"rest://" + id + ":8080"};
  one.lease = kShortLease;
  add_event(s, id, 10s, one);
  add_event(s, id + "-die", when, scenario::RegistryStopHeartbeat{kEast, one.instance});
}

void add_work(scenario::Scenario& s, const Work& work, const std::string& id) {
  const Duration when = kQuiet + seconds(work.at);
  const std::string everybody = id + "/*/*";
  if (work.kind == kCrash) return add_crash(s, id, when);
  add_workload(s, id, scenario::Steady{at(10s), 1, work.instances});
  switch (work.kind) {
    case 0:
      return add_event(s, id + "-off", when, scenario::RegistryDeregister{kEast, id + "/svc-1/1"});
    case 1:
      return add_event(s, id + "-off", when, scenario::RegistryDeregister{kEast, everybody});
    case 2:
      return deploy(s, id, when, 1, {});
    case 3:
      return deploy(s, id, when, work.instances, 8s);
    case 4:
      add_workload(s, id + "-more",
                   scenario::Autoscale{at(when), at(when + 40s), id + "/svc-1", work.instances, 12s, 6s});
      return;
    case 5:
      add_event(s, id + "-drain", when,
                scenario::RegistryStatus{kEast, everybody, scenario::InstanceStatus::OutOfService});
      return add_event(s, id + "-off", when + 6s, scenario::RegistryDeregister{kEast, everybody});
    default:
      return add_workload(s, id + "-flap", scenario::Flap{at(when), at(when + 40s), 5s, 4s});
  }
}

void add_loss(scenario::Scenario& s, const Loss& loss, const std::string& id, Duration when) {
  const Duration lasts = seconds(loss.lasts);
  switch (loss.kind) {
    case 0:
      return add_event(s, id, when, scenario::RegistryDataLoss{kEast, ""});
    case 1:
      return add_event(s, id, when, scenario::RegistryListEmpty{kEast, lasts});
    case 2:
      return add_event(s, id, when, scenario::RegistryListPartial{kEast, Ratio{1, 3}, lasts});
    case 3:
      add_event(s, id + "-out", when, scenario::RegistryOutage{kEast, scenario::OutageMode::Refuse, lasts});
      return add_event(s, id, when + lasts - 500ms, scenario::RegistryDataLoss{kEast, ""});
    case 4:
      return add_event(s, id, when, scenario::RegistryDataLoss{kEast, "backup"});
    default:
      return add_workload(s, id, scenario::Herd{at(when), "*/*/*", kLease + 6s, lasts});
  }
}

/// A few hosts that crash are ordinary; half of the region at once is a loss that this day does not tell.
void add_all_work(scenario::Scenario& s, const Day& day) {
  int crashes = 0;
  for (std::size_t i = 0; i < day.work.size(); ++i) {
    Work work = day.work[i];
    if (work.kind == kCrash && ++crashes > kMostCrashes) work.kind = 0;
    add_work(s, work, "work" + std::to_string(i + 1));
  }
}

void add_all_losses(scenario::Scenario& s, const Day& day) {
  scenario::RegistryRegister clock;
  clock.registry = kEast;
  clock.service.name = "clock";
  clock.instance = "clock-1";
  clock.endpoints = {"rest://10.1.0.7:80"};
  add_event(s, "backup", kBackup, clock);
  Duration when = kQuiet;
  for (std::size_t i = 0; i < day.losses.size(); ++i) {
    when += seconds(day.losses[i].at);
    add_loss(s, day.losses[i], "loss" + std::to_string(i + 1), when);
    when += kBetweenLosses;
  }
}

void demand_an_ordinary_day(scenario::Scenario& s) {
  demand(s, "quiet", scenario::Never{predicate(Word::Alarm, "guard"), {}, {"end", {}}, {}});
  scenario::Metric gone;
  gone.metric = "convergence.gone_after";
  gone.max = scenario::Bound{scenario::Compare::LessEqual, Duration(15s).count(), scenario::Unit::Nanoseconds};
  demand(s, "gone", gone);
}

/// Ids that a backup brings back stand beside the new ones of the same applications until their leases end, as they do
/// at home.
bool shows_ghosts(const Day& day) {
  return day.new_ids &&
         std::any_of(day.losses.begin(), day.losses.end(), [](const Loss& loss) { return loss.kind == 4; });
}

/// Of a wave of expiries the first pass for ordinary, and are shown again once it is known for a wave: when half of the
/// region is gone, which is before the last lease ends. Leases end as their last heartbeats were, a quarter of a lease
/// apart at most; the registry takes what ended out each two seconds, and a region shows within one what another has.
Duration recognised_within(const Day& day) {
  const bool cut = std::any_of(day.losses.begin(), day.losses.end(), [](const Loss& loss) { return loss.kind >= 5; });
  return cut ? kLease / 4 + 2s + 1s : Duration::zero();
}

void demand_a_day_without_harm(scenario::Scenario& s, const Day& day) {
  Predicate shown = predicate(Word::Shown, "stays/*/*");
  shown.in = Selector{kWest};
  shown.at_least = day.services * day.instances;
  demand(s, "kept", scenario::Always{shown, at(30s), {"end", {}}, recognised_within(day)});
  if (!shows_ghosts(day)) demand(s, "once", scenario::Never{predicate(Word::Doubled, kWest), {}, {"end", {}}, 6s});
}

}  // namespace

scenario::Scenario to_scenario(const Day& day) {
  scenario::Scenario s;
  s.file = "generated";
  s.name = "generated";
  s.duration = kEvening + 30s;
  add_regions(s, day);
  if (day.services * day.instances > 0)
    add_workload(s, "stays", scenario::Steady{at(10s), day.services, day.instances});
  add_event(s, "boot", 0s, scenario::Start{Selector{"all"}, 2s});
  if (day.restarts && !day.losses.empty())
    add_event(s, "restart", 25s, scenario::Bounce{Selector{"e1"}, 2s, scenario::DiskFate::Keep});
  add_all_work(s, day);
  if (day.losses.empty()) {
    demand_an_ordinary_day(s);
  } else {
    add_all_losses(s, day);
    demand_a_day_without_harm(s, day);
  }
  demand(s, "same", scenario::Converged{Selector{"all"}, at(kEvening), 25s});
  return s;
}

}  // namespace sim::day
