// SPDX-License-Identifier: Apache-2.0
#include "sim/explore/chaos.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/fault/latency.h"
#include "syncer/base/random.h"

namespace sim::explore {
namespace {

using namespace std::chrono_literals;
using scenario::Action;
using scenario::Family;
using syncer::Random;
using syncer::Ratio;

/// Draws of one chaos event, and what it may draw from.
struct Draw {
  const scenario::Scenario& scenario;
  Random random;
  Duration at;

  template <class T>
  const T& one(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(random.below(items.size()))];
  }
  /// Milliseconds are fine enough, and read well in a materialised file.
  Duration length(Duration low, Duration high) { return random.between(low, high) / 1'000'000 * 1'000'000; }
  const scenario::Region& region() { return one(scenario.topology.regions); }
  std::string registry() { return one(scenario.topology.registries).name; }
};

/// In lowest terms, as a file is read: a draw depends on the denominator.
Ratio percent(std::uint64_t n) {
  const std::uint64_t common = std::gcd(n, std::uint64_t{100});
  return {n / common, 100 / common};
}

/// One fault with its price; nothing when the budget has no room for it.
struct Fault {
  Action action;
  std::optional<Action> end;  ///< for faults that do not end by themselves
  Duration lasts{};
};

std::optional<Fault> process_fault(Family family, Draw& draw, Budget& budget, const scenario::Budget& allowed) {
  const scenario::Region& region = draw.region();
  const scenario::Selector who{draw.one(region.syncers)};
  const Duration lasts = draw.length(1s, 12s);
  const bool wipe = draw.random.below(4) == 0;
  if (!budget.take("down " + region.name, allowed.down_per_cluster, draw.at, draw.at + lasts + 5s)) return std::nullopt;
  switch (family) {
    case Family::Pause:
      return Fault{scenario::Pause{who, lasts}, {}, lasts};
    case Family::Suspend:
      return Fault{scenario::Suspend{who, lasts}, {}, lasts};
    case Family::Slow:
      return Fault{scenario::Slow{who, 2 + draw.random.below(50), lasts}, {}, lasts};
    default:
      break;
  }
  const bool may_wipe = wipe && budget.take("wipe", allowed.wiped_disks, draw.at, draw.scenario.duration);
  const auto disk = may_wipe ? scenario::DiskFate::Wipe : scenario::DiskFate::LoseUnsynced;
  return Fault{scenario::Crash{who, disk}, scenario::Restart{who, scenario::DiskFate::Keep, {}}, lasts};
}

std::optional<Fault> region_cut(Draw& draw, Budget& budget, const scenario::Budget& allowed) {
  if (draw.scenario.topology.regions.size() < 2) return std::nullopt;
  const std::string cut = draw.region().name;
  const Duration lasts = draw.length(1s, 20s);
  if (!budget.take("cut", allowed.regions_cut, draw.at, draw.at + lasts + 5s)) return std::nullopt;
  scenario::Partition partition;
  partition.from = {"region:" + cut};
  partition.to = {"not(region:" + cut + ")"};
  const std::uint64_t direction = draw.random.below(3);
  partition.both = direction == 0;
  if (direction == 1) std::swap(partition.from, partition.to);
  partition.mode = draw.random.below(3) == 0 ? scenario::BlockMode::Jam : scenario::BlockMode::Drop;
  partition.for_ = lasts;
  return Fault{partition, {}, lasts};
}

std::optional<Fault> network_fault(Family family, Draw& draw) {
  const Duration lasts = draw.length(1s, 15s);
  const scenario::Selector all{"all"};
  const scenario::Selector a{draw.one(draw.region().syncers)};
  const scenario::Selector b{draw.one(draw.region().syncers)};
  scenario::LinkChange link{all, all, true, {}, lasts};
  link.quality.latency = scenario::Delay{fault::Shape::Const, {}, {}, Duration(20ms), {}, {}, {}};
  switch (family) {
    case Family::Clog:
      return Fault{scenario::Clog{a, {}, {}, scenario::Direction::Both, lasts}, {}, lasts};
    case Family::Swizzle:
      return Fault{scenario::Swizzle{all, 300ms, 300ms}, {}, lasts};
    case Family::Reset:
      return a == b ? std::nullopt : std::optional(Fault{scenario::Reset{a, b}, {}, lasts});
    case Family::HalfOpen:
      return a == b ? std::nullopt : std::optional(Fault{scenario::HalfOpen{a, b, lasts}, {}, lasts});
    case Family::Loss:
      link.quality.loss = percent(1 + draw.random.below(30));
      break;
    case Family::Duplicate:
      link.quality.duplicate = percent(1 + draw.random.below(20));
      break;
    case Family::Corrupt:
      link.quality.corrupt = percent(1 + draw.random.below(20));
      break;
    default:
      link.quality.reorder = scenario::Reorder{Ratio{1, 10}, draw.length(10ms, 300ms)};
      break;
  }
  return Fault{link, {}, lasts};
}

std::optional<Fault> clock_fault(Family family, Draw& draw) {
  const scenario::Selector who{draw.one(draw.region().syncers)};
  const auto amount = static_cast<std::int64_t>(draw.random.below(100'000)) - 50'000;
  const scenario::Shift by{Duration(amount * 1'000'000)};
  switch (family) {
    case Family::ClockDrift:
      return Fault{scenario::ClockDrift{who, amount}, {}, {}};
    case Family::ClockSkew:
      return Fault{scenario::ClockSkew{who, by, draw.length(1s, 30s)}, {}, {}};
    case Family::ClockStrobe:
      return Fault{scenario::ClockStrobe{who, by, draw.length(50ms, 500ms), draw.length(1s, 10s)}, {}, {}};
    default:
      return Fault{scenario::ClockJump{who, by}, {}, {}};
  }
}

std::optional<Fault> registry_fault(Family family, Draw& draw, Budget& budget, const scenario::Budget& allowed) {
  const std::string where = draw.registry();
  const Duration lasts = draw.length(1s, 12s);
  if (!budget.take("registry", allowed.registries_out, draw.at, draw.at + lasts + 5s)) return std::nullopt;
  static constexpr std::array kModes = {scenario::OutageMode::Refuse, scenario::OutageMode::Hang,
                                        scenario::OutageMode::Reset};
  const auto mode = kModes[static_cast<std::size_t>(draw.random.below(kModes.size()))];
  const std::uint64_t share = 10 + draw.random.below(60);
  switch (family) {
    case Family::RegistryOutage:
      return Fault{scenario::RegistryOutage{where, mode, lasts}, {}, lasts};
    case Family::RegistrySlow:
      return Fault{scenario::RegistrySlow{where, draw.length(50ms, 2s), lasts}, {}, lasts};
    case Family::RegistryListEmpty:
      return Fault{scenario::RegistryListEmpty{where, lasts}, {}, lasts};
    case Family::RegistryListPartial:
      return Fault{scenario::RegistryListPartial{where, percent(share), lasts}, {}, lasts};
    case Family::RegistryLimit:
      return Fault{scenario::RegistryLimit{where, 1 + draw.random.below(20), lasts, {}}, {}, lasts};
    case Family::RegistryStaleRead:
      return Fault{scenario::RegistryStaleRead{where, draw.length(500ms, 5s), lasts}, {}, lasts};
    default:
      break;
  }
  scenario::RegistryFail fail{where, percent(share), {}, {}, lasts};
  scenario::FailKind kind;
  if (draw.random.below(2) == 0)
    kind.status = 503;
  else
    kind.reset_after_apply = true;
  fail.with.push_back(kind);
  return Fault{fail, {}, lasts};
}

/// Somebody without the pool's key, at any moment: how many there are needs no budget.
std::optional<Fault> hostile_fault(Draw& draw) {
  const scenario::Region& region = draw.region();
  const Duration lasts = draw.length(1s, 15s);
  scenario::HostilePeer peer;
  peer.who = scenario::Selector{"all"};
  peer.deed = draw.random.below(4) == 0 ? scenario::HostileDeed::Silence : scenario::HostileDeed::Storm;
  peer.region = region.name;
  peer.count = static_cast<std::uint32_t>(1 + draw.random.below(20));
  peer.rate = scenario::Rate{Duration(100ms)};
  peer.for_ = lasts;
  return Fault{peer, {}, lasts};
}

std::optional<Fault> draw_fault(Family family, Draw& draw, Budget& budget, const scenario::Budget& allowed) {
  switch (family) {
    case Family::Crash:
    case Family::Restart:
    case Family::Pause:
    case Family::Suspend:
    case Family::Slow:
      return process_fault(family, draw, budget, allowed);
    case Family::Partition:
      return region_cut(draw, budget, allowed);
    case Family::Clog:
    case Family::Swizzle:
    case Family::Reset:
    case Family::HalfOpen:
    case Family::Loss:
    case Family::Duplicate:
    case Family::Reorder:
    case Family::Corrupt:
      return network_fault(family, draw);
    case Family::Hostile:
      return hostile_fault(draw);
    case Family::ClockDrift:
    case Family::ClockJump:
    case Family::ClockSkew:
    case Family::ClockStrobe:
      return clock_fault(family, draw);
    default:
      return registry_fault(family, draw, budget, allowed);
  }
}

/// With swarm testing (Groce et al. 2012) each seed leaves out a random half of the families.
std::vector<Family> families_of(const scenario::Chaos& chaos, Random random) {
  std::vector<Family> families = chaos.families;
  if (!chaos.swarm || families.size() < 2) return families;
  random.shuffle(families);
  families.resize((families.size() + 1) / 2);
  return families;
}

fault::LatencyTable gap_table(const scenario::Delay& delay) {
  fault::LatencySpec spec;
  spec.shape = delay.dist;
  spec.min = delay.min.value_or(Duration::zero());
  spec.max = delay.max.value_or(Duration::zero());
  spec.mean = delay.mean.value_or(Duration(4s));
  spec.p50 = delay.p50.value_or(Duration::zero());
  spec.p99 = delay.p99.value_or(Duration::zero());
  spec.share = delay.chance.value_or(Ratio{});
  return fault::LatencyTable(spec);
}

scenario::Event event_at(std::string id, Duration at, Action action) {
  scenario::Event event;
  event.id = std::move(id);
  event.anchor.at = scenario::Moment{"", at};
  event.action = std::move(action);
  return event;
}

}  // namespace

std::vector<scenario::Event> draw_chaos(const scenario::Scenario& scenario, const scenario::Chaos& chaos,
                                        std::uint64_t seed) {
  const Random stream = Random(seed).stream("chaos").stream(chaos.id);
  const std::vector<Family> families = families_of(chaos, stream.stream("swarm"));
  const fault::LatencyTable gaps = gap_table(chaos.every);
  const auto from = static_time(scenario, chaos.from);
  const auto until = static_time(scenario, chaos.until);
  std::vector<scenario::Event> events;
  if (!from || !until || families.empty()) return events;
  Budget budget;
  Duration at = *from;
  for (std::uint64_t n = 1;; ++n) {
    const Random draws = stream.stream(n);
    at += std::max<Duration>(gaps.draw(draws.stream("gap")) / 1'000'000 * 1'000'000, 1ms);
    if (at >= *until) return events;
    Draw draw{scenario, draws.stream("fault"), at};
    const auto fault = draw_fault(draw.one(families), draw, budget, chaos.budget);
    if (!fault) continue;
    const std::string id = chaos.id + "-" + std::to_string(n);
    events.push_back(event_at(id, at, fault->action));
    if (fault->end) events.push_back(event_at(id + "-end", at + fault->lasts, *fault->end));
  }
}

scenario::Scenario materialize(const scenario::Scenario& scenario, std::uint64_t seed) {
  scenario::Scenario explicit_one = scenario;
  for (const scenario::Chaos& chaos : scenario.chaos) {
    for (scenario::Event& event : draw_chaos(scenario, chaos, seed)) explicit_one.events.push_back(std::move(event));
  }
  explicit_one.chaos.clear();
  explicit_one.seed.list = {seed};
  explicit_one.seed.from_commit = false;
  explicit_one.runs = 1;
  return explicit_one;
}

namespace {

using scenario::Moment;
using scenario::Scenario;

std::optional<Duration> resolve(const Scenario& scenario, const Moment& moment, int depth);

std::optional<Duration> label_time(const Scenario& scenario, const std::string& label, int depth) {
  if (label == "end") return scenario.duration;
  if (label == "settle" && scenario.settle) return scenario.duration - scenario.settle->within - scenario.settle->quiet;
  for (const scenario::Event& event : scenario.events) {
    if (event.id != label) continue;
    if (event.anchor.at) return resolve(scenario, *event.anchor.at, depth);
    if (event.anchor.after && !event.anchor.when) return resolve(scenario, *event.anchor.after, depth);
    return std::nullopt;
  }
  for (const scenario::Workload& workload : scenario.workloads) {
    if (workload.id != label) continue;
    return std::visit(
        [&](const auto& kind) -> std::optional<Duration> {
          if constexpr (requires { kind.at; })
            return resolve(scenario, kind.at, depth);
          else
            return resolve(scenario, kind.from, depth);
        },
        workload.kind);
  }
  return std::nullopt;
}

std::optional<Duration> resolve(const Scenario& scenario, const Moment& moment, int depth) {
  if (moment.absolute()) return moment.offset;
  if (depth == 0) return std::nullopt;
  const auto base = label_time(scenario, moment.label, depth - 1);
  return base ? std::optional(*base + moment.offset) : std::nullopt;
}

}  // namespace

std::optional<Duration> static_time(const Scenario& scenario, const Moment& moment) {
  return resolve(scenario, moment, static_cast<int>(scenario.events.size()) + 2);
}

}  // namespace sim::explore
