// SPDX-License-Identifier: Apache-2.0
#include "sim/scenario/run/workload_player.h"

#include <algorithm>
#include <memory>
#include <variant>

#include "sim/scenario/run/run_context.h"
#include "syncer/base/hash.h"

namespace sim::scenario {
namespace {

using host::World;
using syncer::Instant;

std::string service_name(const std::string& workload, std::uint64_t service) {
  return workload + "/svc-" + std::to_string(service);
}

/// A service's name in a registry knows no "/".
std::string in_registry(std::string name) {
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

/// An address that no other instance has, as far as a hash can tell.
std::string endpoint_of(const std::string& name, const std::string& version) {
  const std::uint64_t h = syncer::hash64(name + "@" + version);
  return "rest://10." + std::to_string(100 + h % 100) + "." + std::to_string(h / 100 % 250) + "." +
         std::to_string(1 + h / 25'000 % 250) + ":" + std::to_string(1024 + h / 6'250'000 % 60'000);
}

}  // namespace

WorkloadPlayer::WorkloadPlayer(RunContext& run, const Workload& workload)
    : run_(run), workload_(workload), random_(run.world.random("workload").stream(workload.id)) {}

void WorkloadPlayer::register_one(RegistryIndex registry, std::uint64_t service, std::uint64_t number) {
  const std::string name = service_name(workload_.id, service);
  Registration who;
  who.service.name = in_registry(name);
  who.name = name + "/" + std::to_string(number);
  who.endpoints = {endpoint_of(who.name, who.service.version)};
  run_.applications.enter(registry, who);
}

RegistryIndex WorkloadPlayer::draw_registry(syncer::Random random) const {
  const auto all = registries_named(run_.names, workload_.registry, random);
  return all[static_cast<std::size_t>(random.stream("center").next() % all.size())];
}

void WorkloadPlayer::play(const Steady& load) {
  const auto all = registries_named(run_.names, workload_.registry, random_.stream("center"));
  for (std::uint64_t place = 0; place < all.size(); ++place) {
    for (std::uint64_t s = 1; s <= load.services; ++s) {
      // Over several registries the instances of a service are numbered through: ids are never used twice.
      for (std::uint64_t i = 1; i <= load.instances_per_service; ++i) {
        register_one(all[place], s, place * load.instances_per_service + i);
      }
    }
  }
}

void WorkloadPlayer::play(const BurstLoad& load) {
  for (std::uint64_t i = 0; i < load.count; ++i) {
    const auto wait =
        Duration(static_cast<std::int64_t>(static_cast<unsigned __int128>(load.within.count()) * i / load.count));
    run_.world.at(run_.world.now() + wait, [this, i, services = load.services](World&) {
      register_one(draw_registry(random_.stream(i)), 1 + i % services, 1 + i / services);
    });
  }
}

void WorkloadPlayer::play(const Churn& load) {
  for (std::uint64_t i = 0; i < load.population; ++i) churn_in(load, i);
  arrivals_ = load.population;
  if (load.register_)
    repeat("register", load.register_->gap, [this, &load](std::uint64_t) {
      if (population() * 2 < load.population * 3 + 2) churn_in(load, arrivals_++);
    });
  if (load.deregister)
    repeat("deregister", load.deregister->gap,
           [this, &load](std::uint64_t n) { churn_out(load, random_.stream("leaver").stream(n), false); });
  if (load.stop_heartbeat)
    repeat("stop_heartbeat", load.stop_heartbeat->gap,
           [this, &load](std::uint64_t n) { churn_out(load, random_.stream("dier").stream(n), true); });
}

void WorkloadPlayer::churn_in(const Churn& load, std::uint64_t number) {
  const RegistryIndex registry = draw_registry(random_.stream("arrival").stream(number));
  const std::uint64_t service = 1 + number % load.services;
  register_one(registry, service, 1 + number / load.services);
  living_.emplace_back(registry,
                       service_name(workload_.id, service) + "/" + std::to_string(1 + number / load.services));
}

void WorkloadPlayer::churn_out(const Churn& load, syncer::Random random, bool dies) {
  if (living_.empty() || population() * 2 <= load.population) return;
  const auto chosen = living_.begin() + static_cast<std::ptrdiff_t>(random.below(living_.size()));
  const auto [registry, name] = *chosen;
  living_.erase(chosen);
  if (!dies) return run_.applications.end(registry, name);
  // A fault of the registry may have taken it already.
  if (!run_.applications.matching(registry, name).empty()) run_.applications.stop_heartbeat(registry, name);
}

void WorkloadPlayer::repeat(const std::string& what, Duration mean, std::function<void(std::uint64_t)> step) {
  repetitions_.push_back(std::make_unique<Repetition>(Repetition{what, mean, std::move(step), 0}));
  next_turn(*repetitions_.back());
}

/// Evenly between nothing and twice the mean: no exponential in integers is worth its code here.
void WorkloadPlayer::next_turn(Repetition& repetition) {
  syncer::Random draw = random_.stream(repetition.what).stream(repetition.turn);
  const Instant when = run_.world.now() + draw.between(Duration(1), 2 * repetition.mean);
  if (when >= until_) return;
  run_.world.at(when, [this, &repetition](World&) {
    repetition.step(repetition.turn);
    ++repetition.turn;
    next_turn(repetition);
  });
}

void WorkloadPlayer::play(const RollingDeploy& load) {
  for (const RegistryIndex r : registries_named(run_.names, workload_.registry, random_.stream("center"))) {
    const std::vector<std::string> old = run_.applications.matching(r, load.service + "/*");
    for (std::size_t i = 0; i < old.size(); ++i) {
      const auto turn = static_cast<std::int64_t>(i / load.batch);
      run_.world.at(run_.world.now() + turn * load.pause,
                    [this, r, name = old[i], &load](World&) { replace(r, name, load); });
    }
  }
}

void WorkloadPlayer::replace(RegistryIndex registry, const std::string& name, const RollingDeploy& load) {
  const Registration* before = run_.applications.known(registry, name);
  if (before == nullptr || !run_.applications.runs(registry, name)) return;
  Registration after = *before;
  after.service.version = load.version;
  after.name = workload_.id + name.substr(name.find('/'));
  after.endpoints = {endpoint_of(after.name, load.version)};
  if (load.overlap == Duration::zero())
    run_.applications.end(registry, name);
  else
    run_.world.at(run_.world.now() + load.overlap,
                  [this, registry, name](World&) { run_.applications.end(registry, name); });
  run_.applications.enter(registry, after);
}

void WorkloadPlayer::play(const Flap& load) {
  if (run_.world.now() >= until_) return;
  const RegistryIndex registry = draw_registry(random_);
  register_one(registry, 1, 1);
  const Instant off = run_.world.now() + load.up;
  if (off >= until_) return;
  run_.world.at(off, [this, registry, &load](World& w) {
    run_.applications.end(registry, service_name(workload_.id, 1) + "/1");
    w.at(w.now() + load.down, [this, &load](World&) { play(load); });
  });
}

void WorkloadPlayer::play(const Autoscale& load) {
  if (run_.world.now() >= until_) return;
  const auto places = registries_named(run_.names, workload_.registry, random_.stream("center"));
  std::vector<std::pair<RegistryIndex, std::string>> added;
  for (const RegistryIndex r : places) {
    for (std::uint64_t i = 0; i < load.count; ++i) {
      Registration who;
      who.service.name = in_registry(load.service);
      who.name = workload_.id + load.service.substr(load.service.find('/')) + "/" + std::to_string(++arrivals_);
      who.endpoints = {endpoint_of(who.name, who.service.version)};
      run_.applications.enter(r, who);
      added.emplace_back(r, who.name);
    }
  }
  const Instant off = run_.world.now() + load.up;
  if (off >= until_) return;
  run_.world.at(off, [this, added = std::move(added), &load](World& w) {
    for (const auto& [r, name] : added) run_.applications.end(r, name);
    w.at(w.now() + load.down, [this, &load](World&) { play(load); });
  });
}

void WorkloadPlayer::play(const Herd& load) {
  for (const RegistryIndex r : registries_named(run_.names, workload_.registry, random_.stream("center"))) {
    const std::vector<std::string> herd = run_.applications.matching(r, load.instances);
    for (std::size_t i = 0; i < herd.size(); ++i) {
      run_.applications.stop_heartbeat(r, herd[i]);
      const Duration turn = load.within * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(herd.size());
      run_.world.at(run_.world.now() + load.down + turn, [this, r, name = herd[i]](World&) { come_back(r, name); });
    }
  }
}

void WorkloadPlayer::come_back(RegistryIndex registry, const std::string& name) {
  const Registration* known = run_.applications.known(registry, name);
  if (!run_.applications.matching(registry, name).empty())
    run_.applications.heartbeat(registry, name);
  else if (known != nullptr)
    run_.applications.enter(registry, Registration(*known));
}

void WorkloadPlayer::begin(Instant until) {
  until_ = until;
  std::visit([this](const auto& load) { play(load); }, workload_.kind);
}

const Moment& begin_of(const Workload& workload) {
  return std::visit(
      [](const auto& load) -> const Moment& {
        if constexpr (requires { load.at; }) {
          return load.at;
        } else {
          return load.from;
        }
      },
      workload.kind);
}

const Moment* end_of(const Workload& workload) {
  return std::visit(
      [](const auto& load) -> const Moment* {
        if constexpr (requires { load.until; }) {
          return &load.until;
        } else {
          return nullptr;
        }
      },
      workload.kind);
}

}  // namespace sim::scenario
